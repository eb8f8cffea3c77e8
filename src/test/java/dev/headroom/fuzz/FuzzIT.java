package dev.headroom.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headroom.ServiceProcess;
import dev.headroom.task.References;
import dev.headroom.task.References.Reference;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Requests of all doors, sound and broken, to the packaged service. A case that fails is printed with its seed, by which
 * {@code -Dfuzz.case=...} repeats it alone, as {@code -Dfuzz.seed=...} repeats a run; {@code -Dfuzz.minutes=...} runs longer; {@code -Dfuzz.heap=...} is the heap of the
 * service that must not run out of it.
 */
class FuzzIT {

    private static final ObjectMapper JSON = new ObjectMapper();

    private static final long SAME_SEED = 1;
    private static final Duration SHORT = Duration.ofSeconds(12);
    private static final String HEAP = System.getProperty("fuzz.heap", "512m");

    /** Buffers are given back, and connections are closed, a little later. */
    private static final Duration SETTLING = Duration.ofSeconds(30);

    private static ServiceProcess start(Path models, String... options) throws IOException {
        FuzzedModels.write(models);
        String[] all = Stream.concat(
                        Stream.of(options),
                        Stream.of(
                                "headroom.models=" + models,
                                "headroom.device=cpu",
                                "headroom.calibration=off",
                                "headroom.events.duplicate-bytes=1M",
                                "quarkus.log.category.\"dev.headroom.function.Problem\".level=ERROR"))
                .toArray(String[]::new);
        return ServiceProcess.start(all).listening();
    }

    @Test
    void everyRequestIsAnsweredAndNothingIsLeftBehind(@TempDir Path models) throws Exception {
        try (ServiceProcess service = start(models, "headroom.input.read-timeout=1s")) {
            check(service, new FuzzRun(service.port(), Cases::of));
        }
    }

    /** With the heap, the collector and the end of knative/base and the image. */
    @Test
    void noRequestTakesMoreMemoryThanThereIs(@TempDir Path models) throws Exception {
        try (ServiceProcess service = start(models, "-Xmx" + HEAP, "-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError")) {
            check(service, new FuzzRun(service.port(), Heaviest::of));
            awaitNoMemoryTaken(service);
        }
    }

    /** A request gives its memory back a moment after its answer. */
    private static void awaitNoMemoryTaken(ServiceProcess service) throws Exception {
        long end = System.nanoTime() + SETTLING.toNanos();
        while (!service.get("/q/metrics").body().contains("\nheadroom_requests_memory_bytes 0.0\n")) {
            assertTrue(System.nanoTime() < end, "requests that have ended still take memory");
        }
    }

    private static void check(ServiceProcess service, FuzzRun run) throws Exception {
        Long repeated = Long.getLong("fuzz.case");
        if (repeated != null) {
            run.one(repeated);
        } else {
            runAndMeasure(service, run);
        }
        assertEquals(Map.of(), run.findings(), "each can be repeated with -Dfuzz.case=<its number>");
        assertServesAsBefore(service);
    }

    private static void runAndMeasure(ServiceProcess service, FuzzRun run) throws Exception {
        run.run(SAME_SEED, SHORT);
        Vitals before = Vitals.of(service);
        long seed = Long.getLong("fuzz.seed", System.nanoTime());
        Duration time = Long.getLong("fuzz.minutes") == null ? SHORT : Duration.ofMinutes(Long.getLong("fuzz.minutes"));
        long start = System.nanoTime();
        System.out.printf("-Dfuzz.seed=%d%n", seed);
        run.run(seed, time);
        System.out.printf(
                "%d cases, %d findings, %d s%nbefore: %s%n",
                run.done(),
                run.findings().size(),
                Duration.ofNanos(System.nanoTime() - start).toSeconds(),
                before);
        Vitals after = settled(service, before);
        System.out.printf("after:  %s%n", after);
        assertTrue(after.near(before), "before: " + before + "\nafter:  " + after);
    }

    private static Vitals settled(ServiceProcess service, Vitals before) throws Exception {
        long end = System.nanoTime() + SETTLING.toNanos();
        Vitals now = Vitals.of(service);
        while (!now.near(before) && System.nanoTime() < end) {
            now = Vitals.of(service);
        }
        return now;
    }

    /** Not those of Vert.x, which calls broken frames of HTTP/2 so. */
    private static String errors(ServiceProcess service) {
        return service.log()
                .lines()
                .filter(line -> line.contains(" ERROR [dev.headroom"))
                .limit(100)
                .collect(Collectors.joining("\n"));
    }

    private static void assertServesAsBefore(ServiceProcess service) throws Exception {
        assertEquals(200, service.get("/q/health/live").statusCode(), service.log());
        assertEquals(200, service.get("/q/health/ready").statusCode(), service.log());
        Reference known = References.all().getFirst();
        String request = JSON.writeValueAsString(Map.of("model", "minilm", "inputs", known.text()));
        JsonNode answer = JSON.readTree(service.infer(request).join().body());
        float[] vector = JSON.convertValue(answer.at("/outputs/0/embedding"), float[].class);
        assertTrue(References.cosine(vector, known.vector()) >= 0.999, answer.toString());
        assertEquals("", errors(service), "the service's own errors");
    }
}
