package dev.headroom.serving;

import dev.headroom.device.Bytes;
import dev.headroom.measured.LearnedLimits;
import dev.headroom.measured.StateKey;
import dev.headroom.measured.StateStore;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Keeps what out-of-memory errors have taught of one model, for the next start. Any thread may call; one that waits
 * holds nothing but this keeper's lock, while another reads or writes the model's file.
 */
final class LimitKeeper {

    private static final Logger LOG = Logger.getLogger("dev.headroom");

    private final StateStore<LearnedLimits> store;
    private final StateKey key;
    private final long availableBytes;
    private Optional<LearnedLimits> kept = Optional.empty();
    private Optional<LearnedLimits> tried = Optional.empty();

    /**
     * A keeper for one model.
     *
     * @param key the model and the device that the limits hold for
     * @param availableBytes memory of the device that was there for this process when it started
     */
    LimitKeeper(StateStore<LearnedLimits> store, StateKey key, long availableBytes) {
        this.store = store;
        this.key = key;
        this.availableBytes = availableBytes;
    }

    /** The key of its model. */
    StateKey key() {
        return key;
    }

    /** The limits that an earlier process learned; empty where there is clearly more memory now than it had. */
    synchronized Optional<LearnedLimits> recall() {
        kept = store.load(key);
        tried = kept;
        kept.ifPresent(this::say);
        return kept.filter(known -> known.holdFor(availableBytes));
    }

    private void say(LearnedLimits known) {
        LOG.infof(
                known.holdFor(availableBytes)
                        ? "Batches of %s begin at %s, as out-of-memory errors taught until %s on %s"
                        : "Batches of %s were limited to %s, as out-of-memory errors taught until %s on %s: clearly more is"
                                + " there now, and nothing is limited",
                key.model(),
                known.text(),
                known.at(),
                Bytes.text(known.availableBytes()));
    }

    /**
     * Keeps what has been learned since the last time. A write that failed is tried again only once the limits change.
     */
    synchronized void keep(Optional<LearnedLimits> learned) {
        if (!alike(learned, tried)) {
            write(learned);
        }
    }

    /** Keeps it for the last time: a write that failed is tried once more. */
    synchronized void keepAtLast(Optional<LearnedLimits> learned) {
        if (!alike(learned, kept)) {
            write(learned);
        }
    }

    private void write(Optional<LearnedLimits> limits) {
        tried = limits;
        if (limits.isEmpty()) {
            store.forget(key);
            kept = limits;
        } else if (store.save(key, limits.get().with(availableBytes))) {
            kept = limits;
        }
    }

    private static boolean alike(Optional<LearnedLimits> a, Optional<LearnedLimits> b) {
        return a.isPresent() ? b.isPresent() && a.get().like(b.get()) : b.isEmpty();
    }
}
