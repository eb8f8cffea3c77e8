package dev.headroom.generation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.generation.RunningGenerator.Room;
import dev.headroom.model.ModelRepository;
import dev.headroom.model.ModelSpec;
import dev.headroom.plan.PrecisionRule;
import dev.headroom.plan.ServingDevice;
import dev.headroom.session.LlamaForm;
import dev.headroom.session.TinyLlama;
import dev.headroom.settings.PrecisionMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Graphs whose attention asks more of whoever runs them: rotations by length, and windows of keys and values. */
class AttentionFormsTest {

    private static final int TOKENS = 40;
    private static final int[] LENGTHS = {1, 20, 59, 60, 61, 64, 90, 55, 30, 130};

    @TempDir
    private Path folder;

    private RunningGenerator open(LlamaForm form, Room room) {
        return RunningGenerator.of(TinyLlama.write(folder.resolve(form.name()), form), room);
    }

    private static int[] prompt(int length) {
        return new Random(length).ints(length, 2, TinyLlama.VOCABULARY).toArray();
    }

    /** Each next token as a model says that reads all tokens before it at once. */
    private static int[] readAnew(RunningGenerator usual, RunningGenerator ofLong, int[] prompt) {
        int[] all = prompt;
        for (int i = 0; i < TOKENS; i++) {
            RunningGenerator model = all.length > LlamaForm.ORIGINAL_CONTEXT ? ofLong : usual;
            int next = model.generate(all, 1).tokens()[0];
            all = Arrays.copyOf(all, all.length + 1);
            all[all.length - 1] = next;
        }
        return Arrays.copyOfRange(all, prompt.length, all.length);
    }

    @ParameterizedTest
    @CsvSource({"512, true", "7, true", "7, false"})
    void allTokensOfASequenceAreRotatedByItsLength(int chunk, boolean kept) {
        Room room = new Room(16 << 20, TinyLlama.LONGEST, 8, chunk, kept);
        Room anew = new Room(16 << 20, TinyLlama.LONGEST, 1, 512, false);
        List<Told> told = new ArrayList<>();
        try (RunningGenerator model = open(LlamaForm.LONG_ROPE, room);
                RunningGenerator usual = open(LlamaForm.SHARED, anew);
                RunningGenerator ofLong = open(LlamaForm.LONG, anew)) {
            for (int round = 0; round < 2; round++) {
                model.together(() -> {
                    for (int length : LENGTHS) {
                        told.add(model.generate(prompt(length), TOKENS));
                    }
                });
                told.getLast().tokens();
            }
            for (int i = 0; i < told.size(); i++) {
                int[] expected = readAnew(usual, ofLong, prompt(LENGTHS[i % LENGTHS.length]));
                assertArrayEquals(expected, told.get(i).tokens(), LENGTHS[i % LENGTHS.length] + " tokens");
            }
            assertTrue(model.count("headroom.generation.preemptions") >= 6, "those that grow long are read again");
        }
    }

    /** Keys and values have the precision of the file that is chosen, and not of the one that was found first. */
    @Test
    void theFileThatIsChosenSaysHowKeysAndValuesAreKept() throws IOException {
        ModelSpec alone = TinyLlama.write(folder.resolve("half"), LlamaForm.SHARED_HALF);
        ModelSpec both = TinyLlama.write(folder.resolve("both"), LlamaForm.SHARED);
        Files.copy(alone.onnx(), folder.resolve("both/model_fp16.onnx"));
        ServingDevice cpu = new ServingDevice(false, "CPU", "", 1 << 30, 1 << 30, "test");
        ModelSpec chosen = ModelRepository.graphs(folder.resolve("both"))
                .getFirst()
                .by(new PrecisionRule(PrecisionMode.HALF, cpu));
        assertEquals(
                alone.generationDemand().bytesPerToken(),
                chosen.generationDemand().bytesPerToken());
        assertNotEquals(
                both.generationDemand().bytesPerToken(),
                chosen.generationDemand().bytesPerToken());
        Room room = new Room(16 << 20, TinyLlama.LONGEST, 8, 512, false);
        try (RunningGenerator one = RunningGenerator.of(alone, room);
                RunningGenerator other = RunningGenerator.of(chosen, room)) {
            assertArrayEquals(
                    one.generate(prompt(20), TOKENS).tokens(),
                    other.generate(prompt(20), TOKENS).tokens());
        }
    }

    @Test
    void manyWaitWhereSequencesRunOneAtATime() {
        Room room = new Room(16 << 20, TinyLlama.LONGEST, 1, 512);
        try (RunningGenerator alone = open(LlamaForm.PLACES_BY_WIDTH, room);
                RunningGenerator together = open(LlamaForm.PLACES_BY_MASK, room)) {
            assertEquals(64, alone.model.mostWaiting(1));
            assertEquals(8, together.model.mostWaiting(1));
        }
    }

    @Test
    void layersThatWouldKeepAWindowSayTheSame() {
        Room room = new Room(16 << 20, TinyLlama.LONGEST, 8, 7);
        try (RunningGenerator sliding = open(LlamaForm.SLIDING, room);
                RunningGenerator windowed = open(LlamaForm.WINDOWED, room);
                RunningGenerator all = open(LlamaForm.SHARED, room)) {
            for (int length : LENGTHS) {
                int[] said = sliding.generate(prompt(length), TOKENS).tokens();
                assertArrayEquals(windowed.generate(prompt(length), TOKENS).tokens(), said);
                assertEquals(
                        length + TOKENS <= LlamaForm.WINDOW,
                        Arrays.equals(all.generate(prompt(length), TOKENS).tokens(), said));
            }
        }
    }
}
