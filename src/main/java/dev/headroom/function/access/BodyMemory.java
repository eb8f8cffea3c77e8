package dev.headroom.function.access;

import dev.headroom.batch.Failure;
import dev.headroom.batch.RequestFailedException;
import dev.headroom.function.Door;
import dev.headroom.plan.HeadroomConfig;
import io.quarkus.runtime.configuration.MemorySize;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Bounds the bodies of all requests that are here at a time, from before the first byte is read until the answer is out:
 * what is admitted later is bounded, too, but by then thousands of callers may have sent theirs.
 */
@Singleton
class BodyMemory {

    private static final int SHARE_OF_HEAP = 4;
    private static final long SMALL_BYTES = 64 << 10;
    /** Of a body that does not say its length. */
    private static final long UNKNOWN_BYTES = 1 << 20;

    private static final Set<HttpMethod> WITH_BODY = Set.of(HttpMethod.POST, HttpMethod.PUT, HttpMethod.PATCH);
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private final long most;
    private final AtomicLong taken = new AtomicLong();

    BodyMemory(HeadroomConfig config) {
        most = config.input()
                .bodyMemory()
                .map(MemorySize::asLongValue)
                .orElse(Runtime.getRuntime().maxMemory() / SHARE_OF_HEAP);
    }

    void route(@Observes @Priority(AccessGuard.PRIORITY + 200) Router router) {
        router.route().order(Integer.MIN_VALUE).handler(this::admit);
    }

    private void admit(RoutingContext context) {
        boolean rerouted = context.get(BodyMemory.class.getName()) != null;
        long bytes = bytes(context.request());
        if (!rerouted
                && bytes > SMALL_BYTES
                && !Door.mediaType(context.request()).startsWith("application/grpc")) {
            take(bytes);
            context.put(BodyMemory.class.getName(), bytes);
            context.addEndHandler(end -> taken.addAndGet(-bytes));
        }
        context.next();
    }

    private static long bytes(HttpServerRequest request) {
        String length = request.getHeader("Content-Length");
        if (length == null) {
            return WITH_BODY.contains(request.method()) ? UNKNOWN_BYTES : 0;
        }
        return length.matches("[0-9]{1,18}") ? Long.parseLong(length) : 0; // Vert.x refuses what is no length
    }

    private void take(long bytes) {
        if (bytes > most) {
            throw failed(new Failure.TooLarge(
                    "The body has %d bytes, and at most %d are held of all; send it in parts, or raise headroom.input.body-memory."
                            .formatted(bytes, most)));
        }
        if (taken.addAndGet(bytes) > most) {
            taken.addAndGet(-bytes);
            throw failed(new Failure.Overloaded(
                    "The bodies of other requests leave no room for this one among the %d bytes for all; try again, or have headroom.input.body-memory raised."
                            .formatted(most),
                    RETRY_AFTER));
        }
    }

    /** Bytes of the bodies that are here. */
    long taken() {
        return taken.get();
    }

    private static RequestFailedException failed(Failure failure) {
        return new RequestFailedException(failure);
    }
}
