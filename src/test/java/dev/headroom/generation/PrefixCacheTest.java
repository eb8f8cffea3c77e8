package dev.headroom.generation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.generation.RunningGenerator.Room;
import dev.headroom.model.ModelSpec;
import dev.headroom.request.Urgency;
import dev.headroom.session.ArenaHog;
import dev.headroom.session.LlamaForm;
import dev.headroom.session.TinyLlama;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Sequences that begin alike: what was read of one is not read of the next, and the tokens are the same. */
class PrefixCacheTest {

    private static final long PLENTY = 16 << 20;
    private static final int[] INSTRUCTIONS =
            new Random(5).ints(60, 2, TinyLlama.VOCABULARY).toArray();

    @TempDir
    private Path folder;

    private ModelSpec spec;

    @BeforeEach
    void write() {
        spec = TinyLlama.write(folder, LlamaForm.SHARED);
    }

    private static Room room(long bytes, int rows, boolean kept) {
        return new Room(bytes, TinyLlama.LONGEST, rows, 512, kept);
    }

    private static int[] with(int[] first, int... more) {
        int[] both = Arrays.copyOf(first, first.length + more.length);
        System.arraycopy(more, 0, both, first.length, more.length);
        return both;
    }

    /** Each turn is what was said so far, and some more. */
    private static List<int[]> conversation(RunningGenerator model) throws InterruptedException {
        List<int[]> told = new ArrayList<>();
        int[] said = INSTRUCTIONS;
        for (int turn = 0; turn < 4; turn++) {
            said = with(said, 7 + turn, 9);
            told.add(model.generate(said, 12).tokens());
            model.gate.call(() -> null); // the turn in which it ended is over
            said = with(said, told.getLast());
        }
        return told;
    }

    private static void assertSame(List<int[]> expected, List<int[]> told) {
        for (int i = 0; i < expected.size(); i++) {
            assertArrayEquals(expected.get(i), told.get(i));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"SHARED", "CONCATENATED"})
    void aConversationIsReadOnce(LlamaForm form) throws InterruptedException {
        ModelSpec model = TinyLlama.write(folder.resolve("form"), form);
        try (RunningGenerator kept = RunningGenerator.of(model, room(PLENTY, 4, true));
                RunningGenerator other = RunningGenerator.of(model, room(PLENTY, 4, false))) {
            assertSame(conversation(other), conversation(kept));
            assertEquals(60 + 2 + 3 * 3, kept.tokens("prompt"), "its turns, and the last token of each answer");
            assertEquals(other.tokens("prompt"), kept.tokens("prompt") + kept.tokens("cached"));
            assertEquals(0, other.gauge("headroom.cache.bytes", "kept"));
        }
    }

    @Test
    void theUsageTellsTheTokensThatWereNotRead() throws InterruptedException {
        try (RunningGenerator model = RunningGenerator.of(spec, room(PLENTY, 4, true))) {
            assertEquals(0, model.generate(INSTRUCTIONS, 5).usage().cached());
            model.gate.call(() -> null);
            assertEquals(59, model.generate(INSTRUCTIONS, 5).usage().cached(), "the last one is read for its scores");
            assertEquals(0, model.generate(new int[] {3, 4, 5}, 5).usage().cached());
        }
    }

    /** What was read by the long rotary factors is of no use to a shorter sequence. */
    @Test
    void aSequenceIsKeptBesideALongerOneWithOtherRotaryFactors() throws InterruptedException {
        ModelSpec model = TinyLlama.write(folder.resolve("long"), LlamaForm.LONG_ROPE);
        int[] brief = Arrays.copyOf(INSTRUCTIONS, 50);
        try (RunningGenerator kept = RunningGenerator.of(model, room(PLENTY, 4, true))) {
            for (int[] prompt : List.of(brief, with(INSTRUCTIONS, 7, 9), brief)) {
                kept.generate(prompt, 1);
                kept.gate.call(() -> null);
            }
            assertEquals(49, kept.generate(brief, 1).usage().cached());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"SHARED", "CONCATENATED"})
    void requestsWithTheSameInstructionsReadThemOnceWhileTheyRun(LlamaForm form) {
        ModelSpec model = TinyLlama.write(folder.resolve("form"), form);
        List<int[]> alone = new ArrayList<>();
        try (RunningGenerator other = RunningGenerator.of(model, room(PLENTY, 1, false))) {
            for (int i = 0; i < 12; i++) {
                alone.add(other.generate(with(INSTRUCTIONS, i, 2 * i), 30).tokens());
            }
        }
        try (RunningGenerator kept = RunningGenerator.of(model, room(PLENTY, 8, true))) {
            List<Told> told = new ArrayList<>();
            kept.together(() ->
                    IntStream.range(0, 12).forEach(i -> told.add(kept.generate(with(INSTRUCTIONS, i, 2 * i), 30))));
            assertSame(alone, told.stream().map(Told::tokens).toList());
            assertEquals(62 + 11 * 2, kept.tokens("prompt"));
        }
    }

    /** 300 tokens of keys and values, of which each sequence takes up to 110. */
    @ParameterizedTest
    @EnumSource(names = {"SHARED", "CONCATENATED"})
    void whatIsKeptGivesWayToWhatGoesOn(LlamaForm form) {
        ModelSpec model = TinyLlama.write(folder.resolve("form"), form);
        long bytes = 300 * TinyLlama.TOKEN_BYTES * (form.shared() ? 1 : 2);
        Random random = new Random(8);
        List<int[]> prompts = IntStream.range(0, 40)
                .mapToObj(i -> with(
                        Arrays.copyOf(INSTRUCTIONS, 30 + random.nextInt(31)),
                        random.ints(10, 2, TinyLlama.VOCABULARY).toArray()))
                .toList();
        try (RunningGenerator kept = RunningGenerator.of(model, room(bytes, 8, true));
                RunningGenerator other = RunningGenerator.of(model, room(PLENTY, 1, false))) {
            List<Told> told = new ArrayList<>();
            kept.together(() -> prompts.forEach(prompt -> told.add(kept.generate(prompt, 40))));
            for (int i = 0; i < prompts.size(); i++) {
                assertArrayEquals(
                        other.generate(prompts.get(i), 40).tokens(), told.get(i).tokens());
            }
            assertTrue(kept.tokens("cached") > 0);
            assertTrue(kept.gauge("headroom.cache.bytes", "kept") <= bytes);
        }
    }

    /** A sequence that takes all of the budget goes on in the memory of the turn before. */
    @Test
    void aConversationThatFitsOnlyOnceIsReadOnce() throws InterruptedException {
        long bytes = 120 * TinyLlama.TOKEN_BYTES;
        try (RunningGenerator kept = RunningGenerator.of(spec, new Room(bytes, 120, 1, 512, true))) {
            int[] said = INSTRUCTIONS;
            for (int turn = 0; turn < 3; turn++) {
                said = with(with(said, kept.generate(said, 10).tokens()), 7);
                kept.gate.call(() -> null);
            }
            assertEquals(60 + 2 * 2, kept.tokens("prompt"));
        }
    }

    @Test
    void whatIsKeptIsGivenBackWhereAnotherModelNeedsIt() throws Exception {
        try (ArenaHog arena = new ArenaHog();
                RunningGenerator model = RunningGenerator.of(spec, room(PLENTY, 4, true))) {
            model.generate(new int[] {3, 4, 5}, 1).tokens();
            model.gate.call(() -> null);
            long before = arena.heldBytes();
            model.generate(INSTRUCTIONS, 20).tokens();
            model.gate.call(() -> null);
            assertTrue(model.gauge("headroom.cache.bytes", "kept") > 0);
            model.gate.call(() -> {
                model.shrink();
                return null;
            });
            assertEquals(0, model.gauge("headroom.cache.bytes", "kept"));
            assertEquals(before, arena.heldBytes());
        }
    }

    /** 2 layers of 4 heads of 64: 4 KiB a token, of which the device has 1,500 and the plan says 16,000. */
    @ParameterizedTest
    @EnumSource(names = {"SHARED", "CONCATENATED"})
    void allAreAnsweredWhereTheDeviceHasLessThanThePlanSays(LlamaForm form) throws Exception {
        ModelSpec model = TinyLlama.write(folder.resolve("form"), form, 2, 256);
        List<int[]> prompts = IntStream.range(0, 48)
                .mapToObj(i -> with(Arrays.copyOf(INSTRUCTIONS, 20 + i % 41), i, i + 3, i + 5))
                .toList();
        try (ArenaHog hog = new ArenaHog();
                RunningGenerator kept = RunningGenerator.of(model, room(64 << 20, 16, true))) {
            List<int[]> expected = prompts.stream()
                    .map(prompt -> kept.generate(prompt, 60).tokens())
                    .toList();
            kept.gate.call(() -> null);
            hog.leave(6 << 20);
            for (int round = 0; round < 3; round++) {
                List<Told> told = new ArrayList<>();
                kept.together(() -> prompts.forEach(prompt -> told.add(kept.generate(prompt, 60))));
                assertSame(expected, told.stream().map(Told::tokens).toList());
            }
            assertTrue(kept.count("headroom.generation.unfit") > 0);
        }
    }

    /** The device has no memory at the moment at which one of two sequences ends. */
    @ParameterizedTest
    @EnumSource(names = {"SHARED", "CONCATENATED"})
    void aSequenceThatCannotBeCopiedIsNotKept(LlamaForm form) throws Exception {
        ModelSpec model = TinyLlama.write(folder.resolve("form"), form, 2, 256);
        try (ArenaHog hog = new ArenaHog();
                RunningGenerator kept = RunningGenerator.of(model, room(64 << 20, 16, true))) {
            Told ended = new Told() {
                @Override
                public void ended(FinishReason reason, Usage used) {
                    hog.leave(4 << 10);
                    super.ended(reason, used);
                }
            };
            kept.together(() -> {
                kept.generate(request(INSTRUCTIONS, 5), ended);
                kept.generate(request(new int[] {3, 4, 5}, 100), new Told());
            });
            ended.reason();
            while (kept.count("headroom.generation.unfit") == 0 && kept.busy()) {
                Thread.onSpinWait();
            }
            hog.giveBack();
            int[] next = with(Arrays.copyOf(INSTRUCTIONS, 40), 7, 8, 9);
            assertEquals(0, kept.generate(next, 5).usage().cached());
        }
    }

    private static GenerationRequest request(int[] prompt, int tokens) {
        return new GenerationRequest(
                prompt, RunningGenerator.GREEDY_TOLD, tokens, Stopping.AT_ENDS, Urgency.INTERACTIVE);
    }
}
