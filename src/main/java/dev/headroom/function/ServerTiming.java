package dev.headroom.function;

import dev.headroom.request.Timing;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import java.util.Optional;

/** The header {@code Server-Timing} (W3C): how long each phase of a request took, in milliseconds. */
public final class ServerTiming {

    private static final CharSequence HEADER = HttpHeaders.createOptimized("Server-Timing");

    private final long start = System.nanoTime();
    private volatile Timing slowest;

    private ServerTiming() {}

    /** Starts the clock, unless it runs already. The header is written with the answer's other headers. */
    public static void start(RoutingContext context) {
        if (context.get(ServerTiming.class.getName()) == null) {
            ServerTiming timing = new ServerTiming();
            context.put(ServerTiming.class.getName(), timing);
            context.addHeadersEndHandler(headers -> context.response().putHeader(HEADER, timing.text()));
        }
    }

    private String text() {
        StringBuilder timing = new StringBuilder(120);
        if (slowest != null) {
            phases(timing, slowest);
        }
        return phase(timing, "total", System.nanoTime() - start).toString();
    }

    /** Sets the phases of the request's slowest item. */
    public static void slowest(RoutingContext context, Optional<Timing> timing) {
        timing.ifPresent(known -> context.<ServerTiming>get(ServerTiming.class.getName()).slowest = known);
    }

    private static void phases(StringBuilder to, Timing timing) {
        phase(to, "prepare", timing.prepare().toNanos()).append(", ");
        phase(to, "queue", timing.queue().toNanos()).append(", ");
        phase(to, "run", timing.run().toNanos()).append(", ");
        phase(to, "read", timing.read().toNanos()).append(", batch;desc=\"");
        to.append(timing.batch()).append("\", ");
    }

    /** In milliseconds with two places. */
    private static StringBuilder phase(StringBuilder to, String name, long nanos) {
        long hundredths = Math.max(0, (nanos + 5_000) / 10_000);
        to.append(name).append(";dur=").append(hundredths / 100).append('.');
        return to.append(hundredths / 10 % 10).append(hundredths % 10);
    }
}
