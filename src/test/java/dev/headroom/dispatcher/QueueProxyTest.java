package dev.headroom.dispatcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.dispatcher.ScriptedSubscriber.Answer;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The emulated queue-proxy against what is known of the real one. */
@Timeout(60)
class QueueProxyTest {

    private static final int CONCURRENCY = 3;

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private HttpResponse<String> post(QueueProxy proxy, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(proxy.address().resolve("/path?query"))
                .header("ce-id", "1")
                .POST(BodyPublishers.ofString(body))
                .build();
        return client.send(request, BodyHandlers.ofString());
    }

    @Test
    void whatItForwardsAndWhatComesBackIsTheSame() throws Exception {
        Answer answer = new Answer(429, Map.of("Retry-After", "7", "ce-id", "2"), "full");
        try (ScriptedSubscriber service = new ScriptedSubscriber(answer);
                QueueProxy proxy = new QueueProxy(service.address(), CONCURRENCY)) {
            HttpResponse<String> response = post(proxy, "question");
            assertEquals(429, response.statusCode());
            assertEquals("7", response.headers().firstValue("Retry-After").orElse(""));
            assertEquals("2", response.headers().firstValue("ce-id").orElse(""));
            assertEquals("full", response.body());
            assertEquals("question", service.heard.getFirst().body());
            assertEquals("1", service.heard.getFirst().headers().getFirst("ce-id"));
        }
    }

    @Test
    void letsSoManyThroughHoldsTenTimesAsManyAndRefusesMore() throws Exception {
        Semaphore gate = new Semaphore(0);
        Semaphore arrived = new Semaphore(0);
        AtomicInteger here = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        Runnable whileAnswering = () -> {
            most.accumulateAndGet(here.incrementAndGet(), Math::max);
            arrived.release();
            gate.acquireUninterruptibly();
            here.decrementAndGet();
        };
        try (ScriptedSubscriber service = new ScriptedSubscriber(whileAnswering);
                QueueProxy proxy = new QueueProxy(service.address(), CONCURRENCY);
                ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            ExecutorCompletionService<Integer> statuses = new ExecutorCompletionService<>(callers);
            int room = 11 * CONCURRENCY;
            for (int call = 0; call < room + 5; call++) {
                statuses.submit(() -> post(proxy, "").statusCode());
            }
            List<Integer> first = new ArrayList<>();
            for (int call = 0; call < 5; call++) {
                first.add(statuses.take().get()); // nothing else can be answered yet
            }
            assertEquals(Collections.nCopies(5, 503), first);
            arrived.acquire(CONCURRENCY);
            gate.release(room);
            for (int call = 0; call < room; call++) {
                assertEquals(200, statuses.take().get());
            }
            assertEquals(CONCURRENCY, most.get());
        }
    }

    @Test
    void whereTheServiceIsGoneItIsABadGateway() throws Exception {
        try (ScriptedSubscriber service = new ScriptedSubscriber();
                QueueProxy proxy = new QueueProxy(service.address(), CONCURRENCY)) {
            service.vanish();
            assertEquals(502, post(proxy, "").statusCode());
        }
    }

    @Test
    void whileItDrainsItIsNotReadyAndStillForwards() throws Exception {
        Semaphore gate = new Semaphore(0);
        Semaphore arrived = new Semaphore(0);
        try (ScriptedSubscriber service = new ScriptedSubscriber(() -> {
                    arrived.release();
                    gate.acquireUninterruptibly();
                });
                QueueProxy proxy = new QueueProxy(service.address(), CONCURRENCY);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            assertTrue(proxy.ready());
            CompletableFuture<Integer> before = status(proxy, threads);
            arrived.acquire();
            CompletableFuture<Void> drained = CompletableFuture.runAsync(() -> drain(proxy), threads);
            while (proxy.ready()) {
                Thread.onSpinWait();
            }
            CompletableFuture<Integer> after = status(proxy, threads);
            arrived.acquire();
            assertFalse(drained.isDone());
            gate.release(2);
            assertEquals(200, before.join());
            assertEquals(200, after.join());
            drained.join();
        }
    }

    private CompletableFuture<Integer> status(QueueProxy proxy, ExecutorService threads) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return post(proxy, "").statusCode();
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                },
                threads);
    }

    private static void drain(QueueProxy proxy) {
        try {
            proxy.drain();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
