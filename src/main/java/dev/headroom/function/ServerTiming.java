package dev.headroom.function;

import dev.headroom.request.Timing;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.Optional;

/** The header {@code Server-Timing} (W3C): how long each phase of a request took, in milliseconds. */
public final class ServerTiming {

    private static final String STARTED = "headroom.timed";
    private static final String SLOWEST = "headroom.slowest";

    private ServerTiming() {}

    /** Starts the clock, unless it runs already. The header is written with the answer's other headers. */
    public static void start(RoutingContext context) {
        if (context.get(STARTED) != null) {
            return;
        }
        context.put(STARTED, true);
        long start = System.nanoTime();
        context.addHeadersEndHandler(headers -> {
            Duration total = Duration.ofNanos(System.nanoTime() - start);
            String phases = Optional.<Timing>ofNullable(context.get(SLOWEST))
                    .map(ServerTiming::phases)
                    .orElse("");
            context.response().putHeader("Server-Timing", phases + phase("total", total));
        });
    }

    /** Sets the phases of the request's slowest item. */
    public static void slowest(RoutingContext context, Optional<Timing> timing) {
        timing.ifPresent(known -> context.put(SLOWEST, known));
    }

    private static String phases(Timing timing) {
        return phase("prepare", timing.prepare())
                + ", "
                + phase("queue", timing.queue())
                + ", "
                + phase("run", timing.run())
                + ", "
                + phase("read", timing.read())
                + ", batch;desc=\""
                + timing.batch()
                + "\", ";
    }

    private static String phase(String name, Duration time) {
        return name + ";dur=" + Math.round(time.toNanos() / 1e4) / 1e2;
    }
}
