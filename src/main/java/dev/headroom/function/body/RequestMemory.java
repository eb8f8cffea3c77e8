package dev.headroom.function.body;

import dev.headroom.request.Failure;
import dev.headroom.request.RequestFailedException;
import dev.headroom.settings.HeadroomConfig;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.configuration.MemorySize;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The heap that requests take, over all that are here at a time: what their callers sent, from the first byte on until the request has
 * ended and nobody reads it any more. What is admitted later is bounded, too, but by then thousands of callers may have sent theirs.
 * Any thread may call.
 */
@Singleton
public class RequestMemory {

    /** What a request takes beside its body: its head and Vert.x' objects for it. */
    static final long OVERHEAD = 8 << 10;

    private static final int SHARE_OF_HEAP = 8;
    /** A request of less may also use what is kept for such: half as much again. */
    private static final long SMALL_BYTES = 64 << 10;

    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private final long most;
    private final AtomicLong taken = new AtomicLong();

    @Inject
    RequestMemory(HeadroomConfig config, MeterRegistry registry) {
        this(config.input()
                .bodyMemory()
                .map(MemorySize::asLongValue)
                .orElse(Runtime.getRuntime().maxMemory() / SHARE_OF_HEAP));
        Gauge.builder("headroom.requests.memory", taken, AtomicLong::get)
                .description("Heap that is set aside for what callers have sent and are sending")
                .baseUnit("bytes")
                .register(registry);
    }

    /** Memory of so many bytes, for all requests. */
    public RequestMemory(long most) {
        this.most = most;
    }

    /** Bytes that are taken. */
    public long taken() {
        return taken.get();
    }

    /**
     * What a request takes; a new share, which takes what any request does, where it has none yet. It is given back once the
     * caller has taken the answer, or has gone.
     */
    public Share share(RoutingContext context) {
        Share known = context.get(Share.class.getName());
        if (known != null) {
            return known;
        }
        Share share = share();
        context.put(Share.class.getName(), share);
        AnswerSent.follow(context, share::release);
        share.take(OVERHEAD);
        return share;
    }

    /** One that has taken nothing yet. */
    Share share() {
        return new Share();
    }

    /** What one request takes, given back once all have released it that use it: the request itself, and who reads its body. */
    public final class Share {

        private long bytes;
        private int users = 1;

        private Share() {}

        /** That of a request whose body has been read. */
        public static Share of(RoutingContext context) {
            return context.get(Share.class.getName());
        }

        /**
         * Takes more.
         *
         * @throws RequestFailedException when there is no room for so much now, or never could be
         */
        public synchronized void take(long more) {
            if (users == 0) {
                return; // the request has ended, and who goes on with it drops what comes
            }
            if (bytes + more > most) {
                throw new RequestFailedException(new Failure.TooLarge(
                        "The request takes %d bytes of memory, and at most %d are held of all; send it in parts, or raise headroom.input.body-memory."
                                .formatted(bytes + more, most)));
            }
            long limit = bytes + more <= SMALL_BYTES + OVERHEAD ? most + most / 2 : most;
            if (taken.addAndGet(more) > limit) {
                taken.addAndGet(-more);
                throw new RequestFailedException(new Failure.Overloaded(
                        "Other requests leave no room for this one among the %d bytes for all; try again, or have headroom.input.body-memory raised."
                                .formatted(most),
                        RETRY_AFTER));
            }
            bytes += more;
        }

        /**
         * Takes the buffer of what comes bit by bit: it doubles where it grows.
         *
         * @throws RequestFailedException as {@link #take} does
         */
        public void takeComing(long more) {
            take(2 * more);
        }

        /** One more uses it, and releases it in the end; false where it has been given back already. */
        public synchronized boolean retain() {
            if (users == 0) {
                return false;
            }
            users++;
            return true;
        }

        /** One uses it no longer. */
        public synchronized void release() {
            users--;
            if (users == 0) {
                taken.addAndGet(-bytes);
                bytes = 0;
            }
        }
    }
}
