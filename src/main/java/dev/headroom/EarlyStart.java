package dev.headroom;

import dev.headroom.Awakening.Asked;
import dev.headroom.session.DeviceThread;
import dev.headroom.session.OnnxModel;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * The awakening that begins before Quarkus knows its settings, on a thread of its own.
 *
 * <p>One thread takes it, or else the shutdown hook closes it. Both wait for that thread, which waits for neither.
 */
final class EarlyStart {

    private static final Logger LOG = Logger.getLogger("dev.headroom");

    private static final Duration LONGEST_CLOSE = Duration.ofSeconds(4);

    private static final AtomicReference<EarlyStart> BEGUN = new AtomicReference<>();
    private static volatile boolean closed;

    private final CompletableFuture<Asked> asked;
    private final CompletableFuture<Awakening> awakening;

    private EarlyStart(Supplier<Asked> settings) {
        Thread.ofPlatform().daemon().name("headroom-library").start(OnnxModel::loadLibrary);
        Executor thread = Thread.ofPlatform().daemon().name("headroom-awakening")::start;
        asked = new CompletableFuture<>();
        awakening = CompletableFuture.supplyAsync(() -> new Awakening(read(settings)), thread);
    }

    private Asked read(Supplier<Asked> settings) {
        try {
            asked.complete(settings.get());
        } catch (RuntimeException | Error e) {
            asked.completeExceptionally(e);
        }
        return asked.join();
    }

    /**
     * Begins.
     *
     * @param settings reads the settings of the start, as far as they are known by now
     */
    static void begin(Supplier<Asked> settings) {
        EarlyLog.hold();
        BEGUN.set(new EarlyStart(settings));
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(EarlyStart::close));
    }

    /**
     * Waits for the awakening that has begun; empty where none has, or for other settings.
     *
     * @throws RuntimeException when it has failed, as {@link Awakening#Awakening} has it
     * @throws CancellationException when the process ends, and another awakening would only delay that
     */
    static Optional<Awakening> take(Asked asked) {
        EarlyLog.release();
        EarlyStart begun = BEGUN.getAndSet(null);
        if (begun == null && closed) {
            throw new CancellationException("The process ends before it has started");
        }
        return begun == null ? Optional.empty() : begun.takeFor(asked);
    }

    private Optional<Awakening> takeFor(Asked others) {
        if (asked.handle((own, unread) -> own == null ? unread(unread) : others.equals(own))
                .join()) {
            return Optional.of(DeviceThread.join(awakening));
        }
        awakening.handle((awake, failure) -> Optional.ofNullable(awake)).join().ifPresent(awake -> {
            LOG.warn(
                    "Quarkus read other settings than the early start did, so the models are opened again. On a CPU the memory cap of the first start stays.");
            awake.close();
        });
        return Optional.empty();
    }

    /** The start fails elsewhere for settings that cannot be read, and FailedStart tells it. */
    private static boolean unread(Throwable cause) {
        LOG.debug("The settings could not be read early", cause);
        return false;
    }

    /** Closes the awakening that nobody has taken, before the process ends: native code may still run. */
    private static void close() {
        closed = true;
        EarlyStart begun = BEGUN.getAndSet(null);
        if (begun != null) {
            begun.awakening
                    .handle((awake, failure) -> Optional.ofNullable(awake))
                    .thenAccept(awake -> awake.ifPresent(Awakening::close))
                    .completeOnTimeout(null, LONGEST_CLOSE.toMillis(), TimeUnit.MILLISECONDS)
                    .join();
        }
    }
}
