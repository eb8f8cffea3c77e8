package dev.headroom;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/**
 * Callers that each send a request as soon as their last one is answered, until they are closed or the service is gone.
 * They account for each item: answered with a vector, or told to retry. Anything else is a complaint.
 */
final class VgpuCallers implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int DIMENSIONS = 384;
    private static final Set<Integer> TRY_AGAIN = Set.of(429, 503);

    private final ServiceProcess service;
    private final String model;
    private final int items;
    private final String text;
    private final Semaphore ended = new Semaphore(0);
    private final AtomicLong answered = new AtomicLong();
    private final AtomicLong toldToRetry = new AtomicLong();
    private final AtomicLong cutOff = new AtomicLong();
    private final Queue<String> complaints = new ConcurrentLinkedQueue<>();
    private final List<CompletableFuture<Void>> callers;
    private volatile boolean closed;

    /**
     * Begins.
     *
     * @param items in each request
     * @param words of each item
     */
    VgpuCallers(ServiceProcess service, int callers, int items, int words) {
        this(service, "all-minilm-l6-v2", callers, items, words);
    }

    /**
     * The same for a model of this name.
     *
     * @param items in each request
     * @param words of each item
     */
    VgpuCallers(ServiceProcess service, String model, int callers, int items, int words) {
        this.service = service;
        this.model = model;
        this.items = items;
        this.text = "river ".repeat(words);
        this.callers = IntStream.range(0, callers)
                .mapToObj(caller -> CompletableFuture.runAsync(() -> call(caller), Thread::startVirtualThread))
                .toList();
    }

    private void call(int caller) {
        try {
            for (int request = 0; !closed; request++) {
                String name = caller + "/" + request + "/";
                account(name, service.infer(body(name)).join());
                ended.release();
            }
        } catch (CompletionException e) { // the service has gone: no answer, which is no wrong one
            cutOff.addAndGet(items);
        } catch (IOException e) {
            complaints.add(e.toString());
        }
        ended.release(1_000_000); // nobody waits for this caller any more
    }

    private String body(String name) throws IOException {
        return JSON.writeValueAsString(Map.of(
                "model",
                model,
                "inputs",
                IntStream.range(0, items)
                        .mapToObj(item -> Map.of("id", name + item, "text", text))
                        .toList()));
    }

    private void account(String name, HttpResponse<String> response) throws IOException {
        if (TRY_AGAIN.contains(response.statusCode())
                && response.headers().firstValue("Retry-After").isPresent()) {
            toldToRetry.addAndGet(items);
            return;
        }
        JsonNode outputs = JSON.readTree(response.body()).path("outputs");
        if (response.statusCode() != 200 || outputs.size() != items) {
            complaints.add(name + ": " + response.statusCode() + " " + response.body());
            return;
        }
        for (int item = 0; item < items; item++) {
            account(name + item, outputs.path(item));
        }
    }

    private void account(String id, JsonNode output) {
        if (!output.path("id").asText().equals(id)) {
            complaints.add(id + " has the answer of another: " + output);
        } else if (output.path("embedding").size() == DIMENSIONS && !output.has("error")) {
            answered.incrementAndGet();
        } else if (TRY_AGAIN.contains(output.at("/error/status").asInt())) {
            toldToRetry.incrementAndGet();
        } else {
            complaints.add(id + ": " + output);
        }
    }

    /** Waits until so many more requests have ended, or the service is gone. */
    void await(int requests) throws InterruptedException {
        ended.drainPermits();
        ended.acquire(requests);
    }

    /** Items that have a vector. */
    long answered() {
        return answered.get();
    }

    /** Items that were answered 429 or 503, alone or with their request. */
    long toldToRetry() {
        return toldToRetry.get();
    }

    /** Items of the requests during which the service's process ended. */
    long cutOff() {
        return cutOff.get();
    }

    /** Waits for the last answers: each item has one, and none is wrong. */
    void end() {
        closed = true;
        callers.forEach(CompletableFuture::join);
        assertEquals(List.of(), List.copyOf(complaints), service.log());
    }

    @Override
    public void close() {
        end();
    }
}
