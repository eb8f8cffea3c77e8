package dev.headroom.hub;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;

/**
 * Repeats what failed and may succeed.
 *
 * @param tries the most tries in a row that bring nothing, at least 1
 * @param pause waits so long
 */
record Retries(int tries, Pause pause) {

    private static final Duration FIRST = Duration.ofSeconds(1);

    private static final Duration LONGEST = Duration.ofMinutes(5);

    private static final Logger LOG = Logger.getLogger("dev.headroom");

    /** A pause of which nobody need be told. */
    private static final Duration SHORT = Duration.ofSeconds(5);

    /** Waits. */
    interface Pause {

        /** Waits so long. */
        void last(Duration time) throws InterruptedException;
    }

    /** An action that may fail. */
    interface Action<T> {

        /** Runs once. */
        T run() throws IOException, InterruptedException;
    }

    /** So many tries. */
    Retries of(int most) {
        return new Retries(most, pause);
    }

    /**
     * Runs the action until it succeeds, or a server asks for a pause of more than 5 minutes.
     *
     * @param progress grows with all that a try has brought; the count of tries then begins anew
     * @throws IOException as the last try has it
     */
    <T> T run(LongSupplier progress, Action<T> action) throws IOException {
        Duration wait = FIRST;
        int left = tries;
        while (true) {
            long before = progress.getAsLong();
            try {
                return action.run();
            } catch (PassingException e) {
                if (progress.getAsLong() > before) {
                    left = tries;
                    wait = FIRST;
                }
                if (--left == 0 || e.retryAfter().compareTo(LONGEST) > 0) {
                    throw e;
                }
                pause(longer(wait, e.retryAfter()), e);
                wait = wait.multipliedBy(2);
            } catch (InterruptedException e) {
                throw interrupted();
            }
        }
    }

    /** A little longer than the server asks for, and for each caller another time, so that not all come at once. */
    private static Duration longer(Duration wait, Duration asked) {
        Duration least = asked.compareTo(wait) > 0 ? asked : wait;
        Duration bounded = least.compareTo(LONGEST) < 0 ? least : LONGEST;
        return bounded.plusMillis(ThreadLocalRandom.current().nextLong(1 + bounded.toMillis() / 4));
    }

    private void pause(Duration time, PassingException reason) throws IOException {
        if (time.compareTo(SHORT) > 0) {
            LOG.infof("%s: the next try is in %d s", reason.getMessage(), time.toSeconds());
        }
        try {
            pause.last(time);
        } catch (InterruptedException e) {
            throw interrupted();
        }
    }

    private static IOException interrupted() {
        Thread.currentThread().interrupt();
        return new InterruptedIOException("the process ends");
    }
}
