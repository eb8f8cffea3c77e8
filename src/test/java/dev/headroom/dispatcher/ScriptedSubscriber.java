package dev.headroom.dispatcher;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A real server that answers what it is told, one answer after the other, and at last always 200 without a body. */
final class ScriptedSubscriber implements AutoCloseable {

    /** The events that it received. */
    record Heard(Headers headers, String body) {}

    /** The answers that it gives. */
    record Answer(int status, Map<String, String> headers, String body) {

        static Answer of(int status) {
            return new Answer(status, Map.of(), "");
        }
    }

    final List<Heard> heard = new CopyOnWriteArrayList<>();

    private final Queue<Answer> script = new ConcurrentLinkedQueue<>();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Runnable whileAnswering;
    private final HttpServer server;

    ScriptedSubscriber(Answer... answers) throws IOException {
        this(() -> {}, answers);
    }

    /** With this on the way to each answer. */
    ScriptedSubscriber(Runnable whileAnswering, Answer... answers) throws IOException {
        this.whileAnswering = whileAnswering;
        script.addAll(List.of(answers));
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    URI address() {
        return URI.create("http://localhost:" + server.getAddress().getPort() + "/");
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            heard.add(new Heard(exchange.getRequestHeaders(), new String(body, StandardCharsets.UTF_8)));
            whileAnswering.run();
            Answer answer = script.isEmpty() ? Answer.of(200) : script.poll();
            answer.headers().forEach(exchange.getResponseHeaders()::add);
            byte[] content = answer.body().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(answer.status(), content.length == 0 ? -1 : content.length);
            exchange.getResponseBody().write(content);
        }
    }

    /** Nobody listens any more. */
    void vanish() {
        close();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
