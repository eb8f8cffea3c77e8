package dev.headroom;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headroom.session.ArenaTenant;
import dev.headroom.task.References;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Somebody else takes the device's memory while the packaged service answers, and gives it back, again and again. */
@Timeout(120)
class SqueezeIT {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long MIB = 1 << 20;

    /** The bytes of the model, 40.5 MiB, and of others that the tenant finds taken. */
    private static final long MODEL_BYTES = 42 * MIB;

    private static final int ROUNDS = 4;
    private static final int REQUESTS_OF_A_TURN = 8;
    private static final int CALLERS = 8;

    @ParameterizedTest
    @ValueSource(longs = {60, 150, 300})
    void aBatchSetTooLargeIsAnsweredWhateverTheTenantTakes(long mib) throws Exception {
        try (ServiceProcess service = ServiceProcess.startSqueezed(
                "headroom.memory.limit=" + mib + "M",
                "headroom.batch.max-items=64",
                "headroom.calibration=off",
                "headroom.timeout=60s")) {
            squeeze(service.listening(), mib * MIB);
        }
    }

    @Test
    void aMeasuredBatchIsAnsweredWhateverTheTenantTakes() throws Exception {
        try (ServiceProcess service = ServiceProcess.startSqueezed(
                "headroom.memory.limit=150M", "headroom.calibration=startup", "headroom.timeout=60s")) {
            squeeze(service.listening(), 150 * MIB);
        }
    }

    @Test
    void aProcessThatStoodStillAnswersWhatItHadAdmitted() throws Exception {
        try (ServiceProcess service = ServiceProcess.start("headroom.calibration=off", "headroom.timeout=60s")) {
            List<Text> texts = texts(service.listening());
            try (Callers callers = new Callers(service, texts)) {
                for (int round = 0; round < ROUNDS; round++) {
                    callers.answered(REQUESTS_OF_A_TURN);
                    service.stop();
                    Thread.sleep(1000); // the pause is what is tested
                    service.cont();
                }
                callers.answered(REQUESTS_OF_A_TURN);
            }
            assertWell(service);
        }
    }

    @Test
    void theNextStartBeginsWithWhatThisOneLearned(@TempDir Path state) throws Exception {
        String[] options = {
            "headroom.memory.limit=60M",
            "headroom.batch.max-items=64",
            "headroom.calibration=off",
            "headroom.timeout=60s",
            "headroom.state-dir=" + state
        };
        double learned;
        try (ServiceProcess first = ServiceProcess.start(options).listening()) {
            String request = inputs(Collections.nCopies(64, "river ".repeat(300)));
            assertEquals(200, first.infer(request).join().statusCode());
            learned = limit(first);
            ServiceProcess.await(() -> kept(state).contains("\"elements\":{\"most\":" + (long) learned + ","));
        } // killed
        try (ServiceProcess second = ServiceProcess.start(options).listening()) {
            JsonNode elements = JSON.readTree(second.get("/plan").body()).path("elements");
            assertEquals("learned", elements.path("source").asText());
            assertEquals(learned, elements.path("value").asDouble());
            second.says("as out-of-memory errors taught until");
        }
    }

    private static String kept(Path state) throws IOException {
        try (Stream<Path> files = Files.list(state)) {
            Optional<Path> limits = files.filter(file -> file.toString().endsWith(".limits.json"))
                    .findFirst();
            return limits.isPresent() ? Files.readString(limits.get()) : "";
        }
    }

    private static void squeeze(ServiceProcess service, long deviceBytes) throws Exception {
        List<Text> texts = texts(service);
        double planned =
                JSON.readTree(service.get("/plan").body()).at("/elements/value").asDouble();
        double retries = service.metric("headroom_batch_retries_total"); // split, or without the other lanes
        double squeezed = 0;
        try (Callers callers = new Callers(service, texts)) {
            for (int round = 1; round <= ROUNDS; round++) {
                callers.answered(REQUESTS_OF_A_TURN);
                service.hold((deviceBytes - MODEL_BYTES - ArenaTenant.ROOM_BYTES) * round / ROUNDS);
                callers.answered(REQUESTS_OF_A_TURN);
                squeezed = limit(service);
                service.hold(0);
            }
        }
        assertTrue(service.metric("headroom_batch_retries_total") > retries, "nothing was squeezed");
        assertTrue(squeezed < planned, "%.0f of %.0f elements".formatted(squeezed, planned));
        recover(service, squeezed);
        assertWell(service);
    }

    /** Short texts in full batches, until the limit has been raised above this; the test's time-out ends it. */
    private static void recover(ServiceProcess service, double squeezed) throws Exception {
        String text = "river ".repeat(Math.clamp((long) limit(service) / 8, 10, 200));
        String request = inputs(Collections.nCopies(256, text));
        while (limit(service) <= squeezed) {
            assertEquals(200, service.infer(request).join().statusCode(), service.log());
        }
    }

    private static void assertWell(ServiceProcess service) throws Exception {
        assertEquals(200, service.get("/q/health/live").statusCode());
        assertFalse(service.log().contains("ERROR"), service.log());
    }

    private static double limit(ServiceProcess service) throws Exception {
        return service.metric("headroom_batch_limit_elements");
    }

    private static String inputs(List<String> texts) throws IOException {
        return JSON.writeValueAsString(Map.of("inputs", texts));
    }

    /** A text and the vector that it has when nothing is squeezed and it runs alone. */
    private record Text(String text, float[] vector) {

        private boolean isAnsweredBy(JsonNode output) {
            JsonNode embedding = output.path("embedding");
            return embedding.size() == vector.length
                    && References.cosine(JSON.convertValue(embedding, float[].class), vector) >= 0.9999;
        }
    }

    /** Texts of 1 to 300 words, no two alike. */
    private static List<Text> texts(ServiceProcess service) throws Exception {
        Random random = new Random(1);
        String[] words = "the river runs under an old stone bridge while people wait for night trains".split(" ");
        List<String> texts = IntStream.range(0, 40)
                .mapToObj(text -> IntStream.range(0, 1 + text * 299 / 39)
                        .mapToObj(word -> words[random.nextInt(words.length)])
                        .reduce(text + "", (a, b) -> a + " " + b))
                .toList();
        List<Text> answered = new ArrayList<>();
        for (String text : texts) {
            JsonNode answer =
                    JSON.readTree(service.infer(inputs(List.of(text))).join().body());
            answered.add(new Text(text, JSON.convertValue(answer.at("/outputs/0/embedding"), float[].class)));
        }
        return answered;
    }

    /** Callers that each send a request of a few texts as soon as the last one is answered, until they are closed. */
    private static final class Callers implements AutoCloseable {

        private final ServiceProcess service;
        private final List<Text> texts;
        private final Semaphore answered = new Semaphore(0);
        private final Queue<String> complaints = new ConcurrentLinkedQueue<>();
        private final List<CompletableFuture<Void>> callers;
        private volatile boolean closed;

        private Callers(ServiceProcess service, List<Text> texts) {
            this.service = service;
            this.texts = texts;
            callers = IntStream.range(0, CALLERS)
                    .mapToObj(caller ->
                            CompletableFuture.runAsync(() -> call(new Random(caller)), Thread::startVirtualThread))
                    .toList();
        }

        private void call(Random random) {
            while (!closed) {
                List<Text> some = random.ints(1 + random.nextInt(8), 0, texts.size())
                        .mapToObj(texts::get)
                        .toList();
                try {
                    check(
                            some,
                            service.infer(inputs(some.stream().map(Text::text).toList()))
                                    .join());
                } catch (IOException | RuntimeException e) {
                    complaints.add(e.toString());
                }
                answered.release();
            }
        }

        private void check(List<Text> some, HttpResponse<String> response) throws IOException {
            JsonNode outputs = JSON.readTree(response.body()).path("outputs");
            if (response.statusCode() != 200 || outputs.size() != some.size()) {
                complaints.add(response.statusCode() + " " + response.body());
                return;
            }
            for (int i = 0; i < some.size(); i++) {
                if (!some.get(i).isAnsweredBy(outputs.path(i))) {
                    complaints.add("output " + i + " of " + some.size() + ": " + outputs.path(i));
                }
            }
        }

        /** Waits until so many more requests have been answered. */
        private void answered(int requests) throws InterruptedException {
            answered.drainPermits();
            answered.acquire(requests);
        }

        /** Waits for the last answers: none of all may have been wrong. */
        @Override
        public void close() {
            closed = true;
            callers.forEach(CompletableFuture::join);
            assertEquals(List.of(), List.copyOf(complaints), service.log());
        }
    }
}
