package dev.headroom.generation;

import dev.headroom.generation.GenerationListener.FinishReason;
import dev.headroom.generation.GenerationListener.Usage;
import dev.headroom.generation.sampling.Choice;
import dev.headroom.request.Failure;
import java.util.List;
import org.jboss.logging.Logger;

/**
 * Tells a listener of one sequence: its text, and one end, whichever comes first. The listener is told under this object's lock,
 * so that nothing is told after the end. Any thread may call.
 */
final class Telling {

    private static final Logger LOG = Logger.getLogger(Telling.class);

    private final GenerationListener listener;
    private volatile boolean over; // written under the lock
    private volatile boolean failed;
    private String ending = ""; // these two under the lock
    private Runnable end = () -> {};

    Telling(GenerationListener listener) {
        this.listener = listener;
    }

    /** Runs the task once the sequence is over, at once if it is. */
    synchronized void whenOver(Runnable task) {
        if (over) {
            task.run();
        } else {
            end = task;
        }
    }

    /** True if nobody waits for more of it. */
    boolean isOver() {
        return over;
    }

    /** True if it has failed, so that what was read of it may be of no use. */
    boolean hasFailed() {
        return failed;
    }

    /** How it has ended, in a word for traces; empty before. */
    synchronized String ending() {
        return ending;
    }

    synchronized void tell(String more, List<Choice> choices) {
        if (!over && !(more.isEmpty() && choices.isEmpty())) {
            listener.text(more, choices);
        }
    }

    synchronized void ended(FinishReason reason, Usage usage) {
        if (over(reason.word())) {
            tellEnd(() -> listener.ended(reason, usage));
        }
    }

    synchronized void fail(Failure failure) {
        failed = true;
        if (over(failure.name())) {
            tellEnd(() -> listener.failed(failure));
        }
    }

    /** Its caller has gone; nothing more is told. */
    synchronized void cancel() {
        over("cancelled");
    }

    private boolean over(String how) {
        if (over) {
            return false;
        }
        over = true;
        ending = how;
        tellEnd(end);
        return true;
    }

    private static void tellEnd(Runnable end) {
        try {
            end.run();
        } catch (RuntimeException e) {
            LOG.error("The end of a sequence was not told", e);
        }
    }
}
