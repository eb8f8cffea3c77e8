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
 * Bounds the heap that all current requests take: their callers' bytes, from the first one until the request has ended
 * and is no longer read, and the text that is generated for them. The queue bounds only admitted requests, and before that
 * thousands of callers may have sent theirs. Any thread may call.
 */
@Singleton
public class RequestMemory {

    /** Bytes that a request takes beside its body: its headers and Vert.x' objects. */
    static final long OVERHEAD = 8 << 10;

    private static final int SHARE_OF_HEAP = 8;
    /** Smaller requests may use half as much memory again, which is kept for them. */
    private static final long SMALL_BYTES = 64 << 10;

    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private static final Refusals OF_REQUEST = new Refusals(
            "The request takes %d bytes of memory, and at most %d are held of all; send it in parts, or raise headroom.input.body-memory.",
            "Other requests leave no room for this one among the %d bytes for all; try again, or have headroom.input.body-memory raised.");

    private static final Refusals OF_ANSWER = new Refusals(
            "The answer takes %d bytes of memory by now, and at most %d are held of all requests; ask for less at a time, or raise headroom.input.body-memory.",
            "Other requests leave no room for the rest of this answer among the %d bytes for all; try again, or have headroom.input.body-memory raised.");

    private final long most;
    private final AtomicLong taken = new AtomicLong();

    @Inject
    RequestMemory(HeadroomConfig config, MeterRegistry registry) {
        this(config.input()
                .bodyMemory()
                .map(MemorySize::asLongValue)
                .orElse(Runtime.getRuntime().maxMemory() / SHARE_OF_HEAP));
        Gauge.builder("headroom.requests.memory", taken, AtomicLong::get)
                .description(
                        "Heap that is set aside for what callers have sent and are sending, and for generated text")
                .baseUnit("bytes")
                .register(registry);
    }

    /**
     * The sentences for requests that find no room.
     *
     * @param never there never is
     * @param now there is none now
     */
    private record Refusals(String never, String now) {}

    /** Memory of so many bytes, for all requests. */
    public RequestMemory(long most) {
        this.most = most;
    }

    /** The bytes that are taken. */
    public long taken() {
        return taken.get();
    }

    /**
     * The share of a request. A new one takes the bytes that any request does. It is given back once the caller has
     * read the answer, or has gone.
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

    /** A share that has taken nothing yet, and that its user releases. */
    public Share share() {
        return new Share();
    }

    /**
     * The memory of one request, given back once its last user has released it: the request itself or its body's
     * reader.
     */
    public final class Share {

        private long bytes;
        private int users = 1;

        private Share() {}

        /** The share of a request whose body has been read. */
        public static Share of(RoutingContext context) {
            return context.get(Share.class.getName());
        }

        /**
         * Takes more.
         *
         * @throws RequestFailedException when there is no room for so much now, or never could be
         */
        public void take(long more) {
            take(more, OF_REQUEST);
        }

        /**
         * Takes memory of an answer, which may grow.
         *
         * @throws RequestFailedException as {@link #take} does
         */
        public void takeForAnswer(long more) {
            take(more, OF_ANSWER);
        }

        private synchronized void take(long more, Refusals refusals) {
            if (users == 0) {
                return; // the request has ended, and the rest of it is dropped
            }
            if (bytes + more > most) {
                throw new RequestFailedException(new Failure.TooLarge(refusals.never.formatted(bytes + more, most)));
            }
            long limit = bytes + more <= SMALL_BYTES + OVERHEAD ? most + most / 2 : most;
            if (taken.addAndGet(more) > limit) {
                taken.addAndGet(-more);
                throw new RequestFailedException(new Failure.Overloaded(refusals.now.formatted(most), RETRY_AFTER));
            }
            bytes += more;
        }

        /**
         * Takes the memory of a buffer that grows by doubling.
         *
         * @throws RequestFailedException as {@link #take} does
         */
        public void takeComing(long more) {
            take(2 * more);
        }

        /** Gives back some of what was taken. */
        public synchronized void giveBack(long some) {
            if (users > 0) {
                bytes -= some;
                taken.addAndGet(-some);
            }
        }

        /** Adds a user, which releases the share in the end. False if it has been given back already. */
        public synchronized boolean retain() {
            if (users == 0) {
                return false;
            }
            users++;
            return true;
        }

        /** Removes a user. */
        public synchronized void release() {
            users--;
            if (users == 0) {
                taken.addAndGet(-bytes);
                bytes = 0;
            }
        }
    }
}
