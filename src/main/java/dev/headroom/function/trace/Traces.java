package dev.headroom.function.trace;

import dev.headroom.function.Door;
import dev.headroom.request.RequestTrace;
import dev.headroom.settings.TraceSettings;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.ext.web.RoutingContext;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.eclipse.microprofile.config.Config;
import org.jboss.logging.Logger;

/** The traces of requests, if the settings name a collector; otherwise nothing is made, loaded or kept for them. */
@Singleton
public class Traces {

    private static final Logger LOG = Logger.getLogger("dev.headroom");

    private static final String KEY = Traces.class.getName();

    /** Of the observers of the start, so that the models are opened meanwhile. */
    private static final int LAST = Integer.MAX_VALUE;

    private final Optional<CompletableFuture<Optional<Tracing>>> tracing;

    /** Loads OpenTelemetry beside the rest of the start, if it is wanted. */
    Traces(Config config, MeterRegistry registry) {
        tracing = TraceSettings.of(config)
                .map(settings ->
                        CompletableFuture.supplyAsync(() -> open(settings, registry), Thread::startVirtualThread));
    }

    private static Optional<Tracing> open(TraceSettings settings, MeterRegistry registry) {
        try {
            return Optional.of(new Tracing(settings, registry));
        } catch (RuntimeException | Error e) {
            LOG.error("Traces are off, because OpenTelemetry could not be opened", e);
            return Optional.empty();
        }
    }

    /** Waits for what is left of that, so that no request does. */
    void start(@Observes @Priority(LAST) StartupEvent event) {
        tracing.ifPresent(CompletableFuture::join);
    }

    /** Begins the span of a request for inference. */
    public void begin(RoutingContext context, Door door) {
        if (tracing.isPresent()) {
            tracing.get().join().ifPresent(on -> context.put(KEY, HttpSpan.begin(on, context.request(), door)));
        }
    }

    /**
     * Ends it, once the answer has been written or the caller has gone.
     *
     * @param outcome the HTTP status, or the name of gRPC's
     */
    public static void end(RoutingContext context, String outcome) {
        Object span = context.get(KEY);
        if (span != null) {
            HttpSpan.end((SpanTrace) span, context, outcome);
        }
    }

    /** A trace of no request, for events that came otherwise. */
    public RequestTrace ofNoRequest() {
        return tracing.flatMap(CompletableFuture::join)
                .map(Tracing::ofNoRequest)
                .orElse(RequestTrace.NONE);
    }

    /** The trace of a request that has begun. */
    public static RequestTrace of(RoutingContext context) {
        RequestTrace trace = context.get(KEY);
        return trace == null ? RequestTrace.NONE : trace;
    }

    /** Sends what is left, once all requests have been answered. */
    void stop(@Observes ShutdownEvent event) {
        tracing.ifPresent(opening -> opening.join().ifPresent(Tracing::close));
    }
}
