package dev.headroom.generation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.device.VirtualCard;
import dev.headroom.device.VirtualGpu;
import dev.headroom.session.LlamaForm;
import dev.headroom.session.TinyLlama;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Text is generated on a virtual card, whose numbers mean nothing: what is copied and what is held is counted. */
@Tag("vgpu")
@Timeout(180)
class GenerationVgpuIT {

    private static final long ARENA = 200L << 20;

    @TempDir
    private Path folder;

    /** Counts of the program, and the card that it ran on. */
    private record Outcome(Map<String, Long> counts, VirtualGpu gpu) {

        long count(String name) {
            return counts.getOrDefault(name, -1L);
        }
    }

    private Outcome run(long cacheBytes, int sequences, String minilm) throws IOException, InterruptedException {
        return run(LlamaForm.SHARED_HALF, cacheBytes, sequences, 100, minilm);
    }

    private Outcome run(LlamaForm form, long cacheBytes, int sequences, int tokens, String how)
            throws IOException, InterruptedException {
        TinyLlama.write(folder, form);
        VirtualGpu gpu = VirtualGpu.of("NVIDIA L4:23034:8.9:434");
        ProcessBuilder program = new ProcessBuilder(List.of(
                        System.getProperty("java.home") + "/bin/java",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        GenerationOnCard.class.getName(),
                        folder.toString(),
                        Long.toString(ARENA),
                        Long.toString(cacheBytes),
                        Integer.toString(sequences),
                        Integer.toString(tokens),
                        how))
                .redirectErrorStream(true);
        program.environment().putAll(gpu.environment());
        Process process = program.start();
        String told = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), told);
        Map<String, Long> counts = new HashMap<>();
        Pattern.compile("(?m)^(\\w+)=(-?\\d+)$")
                .matcher(told)
                .results()
                .forEach(match -> counts.put(match.group(1), Long.valueOf(match.group(2))));
        return new Outcome(counts, gpu);
    }

    /** The head of the second form is not recognised, so that the card scores all tokens, and sends those of the last one. */
    @ParameterizedTest
    @CsvSource({"SHARED_HALF, 2", "FLATTENED, 4"})
    void keysAndValuesStayOnTheCardAndScoresOfLastTokensAloneComeFromIt(LlamaForm form, int bytes) throws Exception {
        Outcome outcome = run(form, 8 << 20, 12, 100, "alone");
        assertEquals(0, outcome.count("preempted"));
        assertEquals(0, outcome.count("unfit"));
        assertEquals(0, outcome.count("left"), "bytes of the arena");
        assertEquals(0, outcome.gpu.card(0).refusedAllocations());
        assertTrue(outcome.gpu.card(0).launches() > 0);
        long steps = outcome.count("chosen") - 12; // the first token of each follows its prompt
        assertTrue(steps > 0, outcome.counts.toString());
        long rowBytes = (long) TinyLlama.VOCABULARY * bytes;
        assertEquals(0, outcome.gpu.card(0).bytesToHost() % rowBytes);
        long chunks = outcome.gpu.card(0).bytesToHost() / rowBytes - steps;
        assertTrue(chunks >= 12 && chunks < outcome.count("read") / 8, chunks + " chunks, " + outcome.counts);
    }

    /** Between these numbers of tokens the memory of the row is the same. */
    private static final int FEWER = 140;

    private static final int MORE = 200;

    @Test
    void aStepIsOneLaunchAndTwoCopiesAsACudaGraph() throws Exception {
        assertEquals(new Step(35, 2, 1), step("alone"));
        assertEquals(new Step(1, 1, 1), step("graphs"));
    }

    /** What the card is told for a step. */
    private record Step(long launches, long copiesIn, long copiesOut) {}

    private Step step(String how) throws IOException, InterruptedException {
        VirtualCard fewer =
                run(LlamaForm.SHARED_HALF, 1 << 20, 1, FEWER, how).gpu.card(0);
        VirtualCard more = run(LlamaForm.SHARED_HALF, 1 << 20, 1, MORE, how).gpu.card(0);
        assertEquals(0, more.spoiltCaptures());
        long steps = MORE - FEWER;
        return new Step(
                (more.launches() - fewer.launches()) / steps,
                (more.copiesToDevice() - fewer.copiesToDevice()) / steps,
                (more.copiesToHost() - fewer.copiesToHost()) / steps);
    }

    @Test
    void sequencesComeAndGoBetweenStepsThatAreCudaGraphs() throws Exception {
        Outcome outcome = run(LlamaForm.SHARED_HALF, 1 << 20, 12, 100, "graphs");
        assertTrue(
                outcome.gpu.card(0).graphLaunches() > 30,
                "graphs launched: " + outcome.gpu.card(0).graphLaunches());
        assertEquals(0, outcome.gpu.card(0).spoiltCaptures());
        assertEquals(0, outcome.gpu.card(0).refusedAllocations());
        assertEquals(0, outcome.count("left"), "bytes of the arena");
        assertEquals(0, outcome.count("unfit"));
        assertEquals(12 * 100, outcome.count("chosen"));
    }

    @Test
    void aGraphThatConcatenatesStepsWithoutCudaGraphs() throws Exception {
        Outcome outcome = run(LlamaForm.CONCATENATED, 8 << 20, 2, 100, "graphs");
        assertEquals(0, outcome.gpu.card(0).graphLaunches());
        assertEquals(0, outcome.count("unfit"));
        assertTrue(outcome.count("chosen") > 2, outcome.counts.toString());
    }

    @Test
    void sequencesGiveWayWithinTheBudget() throws Exception {
        Outcome outcome = run(300 * TinyLlama.TOKEN_BYTES / 2, 12, "alone");
        assertTrue(outcome.count("preempted") > 0, outcome.counts.toString());
        assertEquals(0, outcome.count("unfit"));
        assertEquals(0, outcome.count("left"), "bytes of the arena");
        assertEquals(12 * 100, outcome.count("chosen"));
    }

    /** Prompts of 40 to 51 tokens, each of them twice; a token of each has to be read for its scores. */
    @Test
    void whatWasReadIsCopiedOnTheCardAndGivenBack() throws Exception {
        Outcome outcome = run(8 << 20, 12, "kept");
        assertTrue(outcome.count("kept") > 0, outcome.counts.toString());
        assertEquals(12 * 40 + 66 - 12, outcome.count("cached"));
        assertEquals(0, outcome.count("left"), "bytes of the arena");
        assertEquals(0, outcome.count("unfit"));
        assertEquals(2 * 12 * 100, outcome.count("chosen"));
    }

    @Test
    void batchesAndSequencesShareTheCard() throws Exception {
        Outcome outcome = run(1 << 20, 12, "beside");
        assertEquals(0, outcome.count("unfit"));
        assertEquals(0, outcome.count("left"), "bytes of the arena");
        assertEquals(0, outcome.gpu.card(0).refusedAllocations());
        assertTrue(outcome.count("chosen") > 0, outcome.counts.toString());
    }
}
