package dev.headroom.generation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
        return run(LlamaForm.SHARED_HALF, cacheBytes, sequences, minilm);
    }

    private Outcome run(LlamaForm form, long cacheBytes, int sequences, String minilm)
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
                        minilm))
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
        Outcome outcome = run(form, 8 << 20, 12, "alone");
        assertEquals(0, outcome.count("preempted"));
        assertEquals(0, outcome.count("unfit"));
        assertEquals(0, outcome.count("left"), "bytes of the arena");
        assertEquals(0, outcome.gpu.card(0).refusedAllocations());
        assertTrue(outcome.gpu.card(0).launches() > 0);
        assertEquals(12 * 100, outcome.count("chosen"));
        long rowBytes = (long) TinyLlama.VOCABULARY * bytes;
        assertEquals(0, outcome.gpu.card(0).bytesToHost() % rowBytes);
        long chunks = outcome.gpu.card(0).bytesToHost() / rowBytes - (12 * 100 - 12); // the others are of steps
        assertTrue(chunks >= 12 && chunks < outcome.count("read") / 8, chunks + " chunks, " + outcome.counts);
    }

    @Test
    void sequencesGiveWayWithinTheBudget() throws Exception {
        Outcome outcome = run(300 * TinyLlama.TOKEN_BYTES / 2, 12, "alone");
        assertTrue(outcome.count("preempted") > 0, outcome.counts.toString());
        assertEquals(0, outcome.count("unfit"));
        assertEquals(0, outcome.count("left"), "bytes of the arena");
        assertEquals(12 * 100, outcome.count("chosen"));
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
