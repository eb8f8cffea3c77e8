package dev.headroom.generation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.generation.RunningGenerator.Room;
import dev.headroom.model.ModelSpec;
import dev.headroom.request.Failure;
import dev.headroom.request.RequestFailedException;
import dev.headroom.session.ArenaHog;
import dev.headroom.session.LlamaForm;
import dev.headroom.session.TinyLlama;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Sequences in an arena that is too small for what the plan promised, and what they leave behind in it. */
@Timeout(120)
@SuppressWarnings("try") // memory is given back in the middle of a test
class GenerationMemoryTest {

    private static final int SEQUENCES = 16;
    private static final Room ROOM = new Room(64 << 20, 1024, 16, 256);

    @TempDir
    private Path folder;

    /** 2 layers of 4 heads of 64: 4 KiB a token, so that 16 rows of 200 tokens take 13 MiB. */
    private ModelSpec model(LlamaForm form) {
        return TinyLlama.write(folder, form, 2, 256);
    }

    private static int[] prompt(int number) {
        return new Random(number).ints(60 + number, 2, 2000).toArray();
    }

    private static List<Told> askAll(RunningGenerator model) {
        List<Told> told = new ArrayList<>();
        model.together(() -> {
            for (int i = 0; i < SEQUENCES; i++) {
                told.add(model.generate(prompt(i), 120));
            }
        });
        return told;
    }

    @ParameterizedTest
    @EnumSource(names = {"SHARED", "CONCATENATED"})
    void allAreAnsweredWhereTheDeviceHasLessThanThePlanSays(LlamaForm form) throws InterruptedException {
        try (ArenaHog hog = new ArenaHog();
                RunningGenerator model = RunningGenerator.of(model(form), ROOM)) {
            List<int[]> expected = askAll(model).stream().map(Told::tokens).toList();
            assertEquals(0, model.count("headroom.generation.unfit"));
            model.gate.call(() -> null); // the turn in which the last one ended is over
            hog.leave(form.shared() ? 7 << 20 : 12 << 20);
            List<int[]> tokens = askAll(model).stream().map(Told::tokens).toList();
            for (int i = 0; i < SEQUENCES; i++) {
                assertArrayEquals(expected.get(i), tokens.get(i));
            }
            assertTrue(model.count("headroom.generation.unfit") > 0);
            assertTrue(model.gauge("headroom.cache.bytes", "budget") < 64 << 20);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"SHARED", "CONCATENATED"})
    void eachFailsWhereNotEvenOneFitsAndTheNextIsAnsweredOnceItDoes(LlamaForm form) throws InterruptedException {
        try (ArenaHog hog = new ArenaHog();
                RunningGenerator model = RunningGenerator.of(model(form), ROOM)) {
            int[] expected = model.generate(prompt(0), 20).tokens();
            model.gate.call(() -> null);
            hog.leave(64 << 10);
            for (Told told : askAll(model)) {
                Throwable thrown =
                        assertThrows(CompletionException.class, told::reason).getCause();
                Failure failure =
                        assertInstanceOf(RequestFailedException.class, thrown).failure();
                assertInstanceOf(Failure.Unavailable.class, failure);
            }
            hog.giveBack();
            assertArrayEquals(expected, model.generate(prompt(0), 20).tokens());
        }
    }

    /** The budget grows back by steps that fit. */
    @Test
    void theBudgetIsThePlansAgainAfterAWhile() {
        try (ArenaHog hog = new ArenaHog();
                RunningGenerator model = RunningGenerator.of(model(LlamaForm.SHARED), ROOM)) {
            hog.leave(7 << 20);
            askAll(model).forEach(Told::tokens);
            assertTrue(model.gauge("headroom.cache.bytes", "budget") < 64 << 20);
            hog.giveBack();
            for (int i = 0; i < 60 && model.gauge("headroom.cache.bytes", "budget") < 64 << 20; i++) {
                model.generate(prompt(0), 200).tokens();
            }
            assertEquals(64 << 20, model.gauge("headroom.cache.bytes", "budget"));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"SHARED", "CONCATENATED", "MERGED"})
    void tenThousandSequencesLeaveNothingBehind(LlamaForm form) throws InterruptedException {
        try (ArenaHog arena = new ArenaHog();
                RunningGenerator model =
                        RunningGenerator.of(TinyLlama.write(folder, form), new Room(1 << 20, 128, 16, 64))) {
            run(model, 200);
            long before = arena.heldBytes();
            run(model, 10_000);
            assertEquals(before, arena.heldBytes());
        }
    }

    private static void run(RunningGenerator model, int sequences) throws InterruptedException {
        Random random = new Random(3);
        List<Told> open = new ArrayList<>();
        for (int i = 0; i < sequences; i++) {
            int[] prompt = random.ints(1 + random.nextInt(6), 2, 300).toArray();
            open.add(model.generate(prompt, random.nextInt(4)));
            if (open.size() == 64) {
                open.forEach(Told::reason);
                open.clear();
            }
        }
        open.forEach(Told::reason);
        model.gate.call(() -> null); // the turn in which the last one ended is over
    }
}
