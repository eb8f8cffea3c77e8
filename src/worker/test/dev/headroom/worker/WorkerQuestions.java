package dev.headroom.worker;

import com.fasterxml.jackson.databind.JsonNode;
import dev.headroom.session.ArenaTenant;
import dev.headroom.session.WordModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Questions by their numbers, whose answers are known, and the service that they are for. Every fiftieth can never be answered. */
final class WorkerQuestions {

    static final int BATCH = 16;
    static final int PREFETCH = 2 * BATCH;

    private static final long MIB = 1 << 20;
    private static final long DEVICE_BYTES = 150 * MIB;
    private static final long MODEL_BYTES = 43 * MIB; // and what else the tenant finds taken

    /** What a neighbour takes of the device's memory, so that full batches no longer fit. */
    static final long SQUEEZE = DEVICE_BYTES - MODEL_BYTES - ArenaTenant.ROOM_BYTES;

    private static final List<String> WORDS = List.of("good", "bad", "odd");
    private static final List<List<Integer>> VECTORS =
            List.of(List.of(3, 4, 0, 0), List.of(0, 0, 0, 2), List.of(0, 0, 1, 0));
    private static final int DIMENSIONS = 384;

    private WorkerQuestions() {}

    static boolean poison(int n) {
        return n % 50 == 13;
    }

    private static boolean embedded(int n) {
        return n % 20 == 7;
    }

    /** The data of a question. */
    static String data(int n) throws IOException {
        if (poison(n)) {
            return "{\"inputs\": ";
        }
        return FeedFixture.JSON.writeValueAsString(
                Map.of("model", embedded(n) ? "minilm" : "words", "inputs", WORDS.get(n % WORDS.size())));
    }

    /** The attributes of a question. */
    static Map<String, String> attributes(int n) {
        return Map.of(
                "specversion", "1.0", "id", Integer.toString(n), "source", "/tests", "type", "dev.headroom.infer");
    }

    /** The question in structured mode. */
    static byte[] structured(int n) throws IOException {
        Map<String, Object> event = new java.util.HashMap<>(attributes(n));
        event.put("data", poison(n) ? "no request" : FeedFixture.JSON.readTree(data(n)));
        return FeedFixture.JSON.writeValueAsBytes(event);
    }

    /** True if this is the answer to the question. */
    static boolean answers(int n, JsonNode reply) {
        JsonNode vector = reply.at("/outputs/0/embedding");
        if (embedded(n)) {
            return vector.size() == DIMENSIONS;
        }
        List<Integer> read = new ArrayList<>();
        vector.forEach(value -> read.add((int) Math.round(value.asDouble())));
        return read.equals(VECTORS.get(n % VECTORS.size()));
    }

    /** The settings of the worker's service, but for its broker. */
    static List<String> options(Path folder) throws IOException {
        Path models = Files.createDirectories(folder.resolve("models"));
        WordModels.embedder(models.resolve("words"));
        Files.createSymbolicLink(
                models.resolve("minilm"), Path.of("models/all-minilm-l6-v2").toAbsolutePath());
        return List.of(
                "headroom.models=" + models,
                "headroom.device=cpu",
                "headroom.calibration=off",
                "headroom.batch.max-items=" + BATCH,
                "headroom.lanes=1", // so that the prefetch is 2 x batch
                "headroom.memory.limit=" + DEVICE_BYTES,
                "headroom.timeout=20s",
                "headroom.worker.tries=50",
                "quarkus.log.category.\"dev.headroom.function.Problem\".level=ERROR");
    }
}
