package dev.headroom;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The packaged service with more models than its capped arena holds, under mixed load, with a restart in between. */
@Timeout(300)
class ManyModelsIT {

    private static final int MODELS = 6;
    private static final long LIMIT_MIB = 140;

    private static Path models(Path folder) throws IOException {
        Path model = Path.of("models/all-minilm-l6-v2").toAbsolutePath();
        for (int i = 0; i < MODELS; i++) {
            Files.createSymbolicLink(folder.resolve("m" + i), model);
        }
        return folder;
    }

    private static ServiceProcess start(Path models, Path state) throws Exception {
        return ServiceProcess.start(
                        "headroom.models=" + models,
                        "headroom.state-dir=" + state,
                        "headroom.device=cpu",
                        "headroom.memory.limit=" + LIMIT_MIB + "M",
                        "headroom.lanes=1")
                .listening();
    }

    /** Zipf's popularity, so that some are open most of the time and others hardly ever. */
    private static String model(Random random) {
        double sum = 0;
        double drawn = random.nextDouble() * 2.45;
        for (int i = 0; i < MODELS; i++) {
            sum += 1.0 / (i + 1);
            if (drawn < sum) {
                return "m" + i;
            }
        }
        return "m" + (MODELS - 1);
    }

    private static void load(ServiceProcess service, int requests, long seed) {
        Random random = new Random(seed);
        List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
        for (int i = 0; i < requests; i++) {
            String text = "word ".repeat(1 + random.nextInt(60));
            answers.add(
                    service.infer("{\"model\": \"%s\", \"inputs\": [\"%s\", \"b\"]}".formatted(model(random), text)));
            if (i % 8 == 7) {
                answers.getLast().join();
            }
        }
        answers.forEach(answer -> assertEquals(
                200, answer.join().statusCode(), () -> answer.join().body() + service.log()));
    }

    @Test
    void noRequestIsLostAndTheLimitHolds(@TempDir Path folder, @TempDir Path state) throws Exception {
        models(folder);
        for (int start = 0; start < 2; start++) {
            try (ServiceProcess service = start(folder, state)) {
                load(service, 60, start);
                double evictions = 0;
                for (int i = 0; i < MODELS; i++) {
                    evictions += service.metric("headroom_model_evictions_total{model=\"m" + i + "\"");
                }
                assertTrue(evictions > 0, service.log());
                assertTrue(
                        service.metric("headroom_memory_peak_bytes{kind=\"actual\"") <= LIMIT_MIB << 20, service.log());
                service.infer("{\"model\": \"m5\", \"inputs\": \"one that may wait when the process ends\"}");
                service.terminate();
                assertEquals(0, service.exitStatus(), service.log());
                assertFalse(service.log().contains("ERROR"), service.log());
            }
        }
        try (var kept = Files.list(state)) {
            assertEquals(
                    MODELS,
                    kept.filter(file -> file.toString().endsWith(".opening.json"))
                            .count());
        }
    }
}
