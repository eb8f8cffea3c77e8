package dev.headroom;

import dev.headroom.Awakening.Asked;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/** The awakening that has begun before Quarkus knows its settings, on a thread of its own. */
final class EarlyStart {

    private static final Logger LOG = Logger.getLogger("dev.headroom");

    private static final Duration LONGEST_CLOSE = Duration.ofSeconds(4);

    private static final AtomicReference<CompletableFuture<Attempt>> BEGUN = new AtomicReference<>();

    private EarlyStart() {}

    /** What came of it. */
    private sealed interface Attempt {

        record Awake(Asked asked, Awakening awakening) implements Attempt {}

        record Failed(Asked asked, Throwable cause) implements Attempt {}

        /** The settings are wrong: the start fails for that, and {@link FailedStart} tells it. */
        record Unread(Throwable cause) implements Attempt {}
    }

    /**
     * Begins.
     *
     * @param asked tells what the start is for, as far as that is known by now
     */
    static void begin(Supplier<Asked> asked) {
        CompletableFuture<Attempt> attempt = new CompletableFuture<>();
        BEGUN.set(attempt);
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(EarlyStart::close));
        Thread.ofPlatform().daemon().name("headroom-awakening").start(() -> attempt.complete(attempt(asked)));
    }

    private static Attempt attempt(Supplier<Asked> supplier) {
        Asked asked;
        try {
            asked = supplier.get();
        } catch (RuntimeException | Error e) {
            return new Attempt.Unread(e);
        }
        try {
            return new Attempt.Awake(asked, new Awakening(asked));
        } catch (RuntimeException | Error e) {
            return new Attempt.Failed(asked, e);
        }
    }

    /**
     * What was begun, once it is done; empty where nothing was, or for other settings.
     *
     * @throws RuntimeException what it has failed with, as {@link Awakening#Awakening} has it
     */
    static Optional<Awakening> take(Asked asked) {
        CompletableFuture<Attempt> begun = BEGUN.getAndSet(null);
        return begun == null ? Optional.empty() : take(begun.join(), asked);
    }

    private static Optional<Awakening> take(Attempt attempt, Asked asked) {
        switch (attempt) {
            case Attempt.Awake(Asked own, Awakening awakening) -> {
                if (own.equals(asked)) {
                    return Optional.of(awakening);
                }
                LOG.warn(
                        "Quarkus has other settings than the start began with: it begins anew, on a CPU with the memory that is capped already.");
                awakening.close();
            }
            case Attempt.Failed(Asked own, Throwable cause) -> {
                if (own.equals(asked)) {
                    if (cause instanceof Error error) {
                        throw error;
                    }
                    throw (RuntimeException) cause;
                }
            }
            case Attempt.Unread(Throwable cause) -> LOG.debug("The settings could not be read early", cause);
        }
        return Optional.empty();
    }

    /** A start that fails elsewhere ends the process: not under what still runs in native code. */
    private static void close() {
        CompletableFuture<Attempt> begun = BEGUN.getAndSet(null);
        if (begun != null) {
            begun.thenAccept(attempt -> {
                        if (attempt instanceof Attempt.Awake awake) {
                            awake.awakening().close();
                        }
                    })
                    .completeOnTimeout(null, LONGEST_CLOSE.toMillis(), TimeUnit.MILLISECONDS)
                    .join();
        }
    }
}
