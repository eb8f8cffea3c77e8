package dev.headroom.benchmark;

import dev.headroom.ServiceProcess;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The packaged service with the batch it finds for itself against the same service with a fixed batch, on devices of
 * several sizes: throughput as a ratio to the best fixed batch of the same run. All services are there from the beginning
 * and are driven in turns, so that a noisy machine is noisy to all.
 *
 * <p>{@code ./mvnw -DskipTests package && ./mvnw test-compile surefire:test@default-test -Dtest=FixedBatchBenchmark
 * -DexcludedGroups= [-Dlimits=60M,150M] [-Drounds=3]}
 */
@Tag("benchmark")
class FixedBatchBenchmark {

    private static final String[] LIMITS =
            System.getProperty("limits", "60M,150M,300M,1000M").split(",");
    private static final int ROUNDS = Integer.getInteger("rounds", 3);
    private static final long TURN_NANOS = 1_500_000_000L;
    private static final int CALLERS = 16;
    private static final int TEXTS_OF_A_REQUEST = 8;
    private static final String ADAPTIVE = "adaptive";

    private static final Map<String, int[]> WORKLOADS = new LinkedHashMap<>();

    static {
        WORKLOADS.put("20 words", new int[] {20});
        WORKLOADS.put("4 to 67 words", new int[] {4, 9, 14, 20, 28, 37, 50, 67});
        WORKLOADS.put("250 words", new int[] {250});
    }

    @Test
    void print() throws Exception {
        for (String limit : LIMITS) {
            Map<String, ServiceProcess> services = start(limit);
            try {
                for (Map.Entry<String, int[]> workload : WORKLOADS.entrySet()) {
                    print(limit, workload.getKey(), measure(services, body(workload.getValue())));
                }
                System.out.printf(
                        "%s: batches that adaptive had to halve: %s%n", limit, splits(services.get(ADAPTIVE)));
            } finally {
                services.values().forEach(ServiceProcess::close);
            }
        }
    }

    private static Map<String, ServiceProcess> start(String limit) throws Exception {
        String[] common = {"headroom.memory.limit=" + limit, "headroom.queue.max-items=10000", "headroom.timeout=60s"};
        Map<String, ServiceProcess> services = new LinkedHashMap<>();
        services.put(ADAPTIVE, start(common, "headroom.calibration=startup"));
        for (int batch = 1; batch <= 128; batch *= 2) {
            services.put(
                    "batch " + batch, start(common, "headroom.calibration=off", "headroom.batch.max-items=" + batch));
        }
        return services;
    }

    private static ServiceProcess start(String[] common, String... more) throws Exception {
        List<String> options = new ArrayList<>(List.of(common));
        options.addAll(List.of(more));
        return ServiceProcess.start(options.toArray(String[]::new)).listening();
    }

    private static Map<String, Double> measure(Map<String, ServiceProcess> services, String body) {
        Map<String, Double> rates = new LinkedHashMap<>();
        for (int round = 0; round <= ROUNDS; round++) {
            boolean warm = round > 0;
            services.forEach((name, service) -> {
                double rate = itemsPerSecond(service, body);
                rates.merge(name, warm ? rate / ROUNDS : 0, Double::sum);
            });
        }
        return rates;
    }

    private static double itemsPerSecond(ServiceProcess service, String body) {
        AtomicInteger answered = new AtomicInteger();
        long start = System.nanoTime();
        List<CompletableFuture<Void>> callers = IntStream.range(0, CALLERS)
                .mapToObj(caller -> CompletableFuture.runAsync(
                        () -> {
                            while (System.nanoTime() - start < TURN_NANOS) {
                                if (service.infer(body).join().statusCode() != 200) {
                                    throw new IllegalStateException(service.log());
                                }
                                answered.addAndGet(TEXTS_OF_A_REQUEST);
                            }
                        },
                        Thread::startVirtualThread))
                .toList();
        callers.forEach(CompletableFuture::join);
        return answered.get() * 1e9 / (System.nanoTime() - start);
    }

    private static String body(int[] words) {
        return IntStream.range(0, TEXTS_OF_A_REQUEST)
                .mapToObj(text ->
                        "\"" + String.join(" ", Collections.nCopies(words[text % words.length], "river")) + "\"")
                .collect(Collectors.joining(",", "{\"inputs\":[", "]}"));
    }

    private static void print(String limit, String workload, Map<String, Double> rates) {
        double best = rates.entrySet().stream()
                .filter(rate -> !rate.getKey().equals(ADAPTIVE))
                .mapToDouble(Map.Entry::getValue)
                .max()
                .orElseThrow();
        System.out.printf(
                "%s, %s: adaptive %.0f items/s, x %.2f of the best fixed batch:%s%n",
                limit,
                workload,
                rates.get(ADAPTIVE),
                rates.get(ADAPTIVE) / best,
                rates.entrySet().stream()
                        .filter(rate -> !rate.getKey().equals(ADAPTIVE))
                        .map(rate -> " %s %.2f".formatted(rate.getKey(), rate.getValue() / best))
                        .collect(Collectors.joining(",")));
    }

    private static String splits(ServiceProcess service) throws Exception {
        return service.get("/q/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith("headroom_batch_splits_total"))
                .findFirst()
                .orElseThrow();
    }
}
