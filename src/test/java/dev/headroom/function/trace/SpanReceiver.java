package dev.headroom.function.trace;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.Span;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** A collector of traces: takes spans by OTLP over HTTP, and keeps them. */
public final class SpanReceiver implements QuarkusTestResourceLifecycleManager {

    private final List<Span> spans = new ArrayList<>(); // this guards all
    private final List<ExportTraceServiceRequest> deliveries = new ArrayList<>();
    private HttpServer server;

    @Override
    public Map<String, String> start() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/v1/traces", this::take);
        server.start();
        return Map.of(
                "otel.exporter.otlp.endpoint",
                "http://127.0.0.1:" + server.getAddress().getPort());
    }

    private void take(HttpExchange exchange) throws IOException {
        boolean known = "secret".equals(exchange.getRequestHeaders().getFirst("api-key"));
        ExportTraceServiceRequest delivery =
                ExportTraceServiceRequest.parseFrom(exchange.getRequestBody().readAllBytes());
        exchange.sendResponseHeaders(known ? 200 : 401, -1);
        exchange.close();
        if (known) {
            keep(delivery);
        }
    }

    private synchronized void keep(ExportTraceServiceRequest delivery) {
        deliveries.add(delivery);
        delivery.getResourceSpansList()
                .forEach(resource -> resource.getScopeSpansList().forEach(scope -> spans.addAll(scope.getSpansList())));
        notifyAll();
    }

    /** The first span like this, waited for. */
    Span await(Predicate<Span> like) throws InterruptedException {
        return await(like, found -> !found.isEmpty()).getFirst();
    }

    /** The spans like this, once there are enough; the test's own time-out ends the wait. */
    synchronized List<Span> await(Predicate<Span> like, Predicate<List<Span>> enough) throws InterruptedException {
        while (true) {
            List<Span> found = like(like);
            if (enough.test(found)) {
                return found;
            }
            wait();
        }
    }

    /** The spans so far that are like this. */
    synchronized List<Span> like(Predicate<Span> like) {
        return spans.stream().filter(like).toList();
    }

    /** All that has come, as text. */
    synchronized String text() {
        return deliveries.toString();
    }

    @Override
    public void inject(TestInjector injector) {
        injector.injectIntoFields(this, new TestInjector.MatchesType(SpanReceiver.class));
    }

    @Override
    public void stop() {
        server.stop(0);
    }
}
