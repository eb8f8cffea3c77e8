package dev.headroom.dispatcher;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Stands before the service in its pod as Knative's queue-proxy does: lets so many requests through at a time, holds ten
 * times as many, answers 503 beyond, and 502 where the service does not answer. Once it drains its probe fails, and what still
 * comes is let through.
 */
final class QueueProxy implements AutoCloseable {

    private static final int QUEUE_DEPTH = 10;
    private static final Set<String> HOP_BY_HOP = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);

    static {
        HOP_BY_HOP.addAll(Set.of(
                "Connection",
                "Content-Length",
                "Host",
                "Keep-Alive",
                "Transfer-Encoding",
                "Upgrade",
                "HTTP2-Settings"));
    }

    private final URI service;
    private final int most;
    private final Semaphore through;
    private final AtomicInteger here = new AtomicInteger();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpServer server;
    private volatile boolean draining;

    /** Opens a port of the system's choice. */
    QueueProxy(URI service, int containerConcurrency) throws IOException {
        this.service = service;
        this.most = (1 + QUEUE_DEPTH) * containerConcurrency;
        this.through = new Semaphore(containerConcurrency, true);
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), most);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    URI address() {
        return URI.create("http://localhost:" + server.getAddress().getPort() + "/");
    }

    /** True if the pod may be sent requests. */
    boolean ready() {
        return !draining;
    }

    /** Fails the probe from now on, and waits until nothing is under way. */
    void drain() throws InterruptedException {
        draining = true;
        while (here.get() > 0) {
            Thread.sleep(1);
        }
    }

    private void handle(HttpExchange exchange) throws IOException {
        boolean room = here.incrementAndGet() <= most;
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            if (!room) {
                exchange.sendResponseHeaders(503, -1);
                return;
            }
            through.acquire();
            try {
                forward(exchange, body);
            } finally {
                through.release();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            here.decrementAndGet();
        }
    }

    private void forward(HttpExchange exchange, byte[] body) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(service.resolve(exchange.getRequestURI()))
                .method(exchange.getRequestMethod(), BodyPublishers.ofByteArray(body));
        exchange.getRequestHeaders().forEach((name, values) -> {
            if (!HOP_BY_HOP.contains(name)) {
                values.forEach(value -> request.header(name, value));
            }
        });
        HttpResponse<byte[]> answer;
        try {
            answer = client.send(request.build(), BodyHandlers.ofByteArray());
        } catch (IOException e) {
            exchange.sendResponseHeaders(502, -1);
            return;
        }
        answer.headers().map().forEach((name, values) -> {
            if (!HOP_BY_HOP.contains(name)) {
                exchange.getResponseHeaders().put(name, values);
            }
        });
        byte[] content = answer.body();
        exchange.sendResponseHeaders(answer.statusCode(), content.length == 0 ? -1 : content.length);
        exchange.getResponseBody().write(content);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
        client.shutdownNow();
    }
}
