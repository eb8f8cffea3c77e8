package dev.headroom.generation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.generation.GenerationListener.FinishReason;
import dev.headroom.generation.RunningGenerator.Room;
import dev.headroom.generation.sampling.Sampling;
import dev.headroom.model.ModelSpec;
import dev.headroom.session.LlamaForm;
import dev.headroom.session.TinyLlama;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whatever runs beside a sequence, however it is read and however often it gives way: its tokens are the same. */
class ContinuousBatchTest {

    private static final int SEQUENCES = 24;
    private static final long PLENTY = 16 << 20;

    @TempDir
    private Path folder;

    /** A prompt, how many tokens follow it, and how they are chosen. */
    private record Asked(int[] prompt, int tokens, Sampling sampling) {}

    private static List<Asked> asked() {
        Random random = new Random(31);
        List<Asked> all = new ArrayList<>();
        for (int i = 0; i < SEQUENCES; i++) {
            int[] prompt =
                    random.ints(1 + random.nextInt(90), 2, TinyLlama.VOCABULARY).toArray();
            Sampling sampling = i % 2 == 0 ? RunningGenerator.GREEDY_TOLD : seeded(i);
            all.add(new Asked(prompt, 1 + random.nextInt(80), sampling));
        }
        return all;
    }

    private static Sampling seeded(long seed) {
        return new Sampling(0.8f, 40, 0.95f, 0, 1.1f, 0, 0, Map.of(), OptionalLong.of(seed), 0, Optional.empty());
    }

    private static List<int[]> alone(ModelSpec spec) {
        List<int[]> tokens = new ArrayList<>();
        try (RunningGenerator model = RunningGenerator.of(spec, new Room(PLENTY, TinyLlama.LONGEST, 1, 512))) {
            for (Asked one : asked()) {
                tokens.add(model.generate(one.prompt, one.tokens, one.sampling).tokens());
            }
        }
        return tokens;
    }

    private static void assertSame(List<int[]> alone, RunningGenerator model) {
        List<Told> told = new ArrayList<>();
        model.together(() -> asked().forEach(one -> told.add(model.generate(one.prompt, one.tokens, one.sampling))));
        for (int i = 0; i < SEQUENCES; i++) {
            assertArrayEquals(alone.get(i), told.get(i).tokens());
            if (told.get(i).reason() == FinishReason.LENGTH) {
                assertEquals(asked().get(i).tokens, told.get(i).tokens().length);
            }
        }
        assertEquals(0, model.gauge("headroom.generation.sequences", "waiting"));
    }

    @ParameterizedTest
    @EnumSource(
            names = {"SHARED_HALF", "LONG_ROPE"},
            mode = EnumSource.Mode.EXCLUDE)
    void manyAtATimeSayWhatEachSaysAlone(LlamaForm form) {
        ModelSpec spec = TinyLlama.write(folder, form);
        try (RunningGenerator model = RunningGenerator.of(spec, new Room(PLENTY, TinyLlama.LONGEST, 8, 512))) {
            assertSame(alone(spec), model);
            assertEquals(0, model.count("headroom.generation.preemptions"));
        }
    }

    @ParameterizedTest
    @EnumSource(
            names = {"SHARED_HALF", "QUANTISED"},
            mode = EnumSource.Mode.EXCLUDE)
    void promptsInSmallChunksSayTheSame(LlamaForm form) {
        ModelSpec spec = TinyLlama.write(folder, form);
        try (RunningGenerator model = RunningGenerator.of(spec, new Room(PLENTY, TinyLlama.LONGEST, 8, 5))) {
            assertSame(alone(spec), model);
        }
    }

    @ParameterizedTest
    @EnumSource(
            names = {"SHARED_HALF", "PLACES_BY_WIDTH", "QUANTISED"},
            mode = EnumSource.Mode.EXCLUDE)
    void sequencesThatGiveWaySayTheSame(LlamaForm form) {
        ModelSpec spec = TinyLlama.write(folder, form);
        long budget = 300 * TinyLlama.TOKEN_BYTES * (form.shared() ? 1 : 2);
        try (RunningGenerator model = RunningGenerator.of(spec, new Room(budget, TinyLlama.LONGEST, 8, 32))) {
            assertSame(alone(spec), model);
            double preempted = model.count("headroom.generation.preemptions");
            assertTrue(preempted > 0 && preempted < 2 * SEQUENCES, preempted + " gave way");
        }
    }
}
