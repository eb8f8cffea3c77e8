package dev.headroom.serving;

import dev.headroom.device.Bytes;
import dev.headroom.measured.LearnedLimits;
import dev.headroom.measured.StateKey;
import dev.headroom.measured.StateStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;

/** Keeps what out-of-memory errors have taught of each model, for the next start. */
public final class LimitKeeper {

    private static final Logger LOG = Logger.getLogger("dev.headroom");

    private final StateStore<LearnedLimits> store;
    private final List<StateKey> keys;
    private final long availableBytes;
    private final List<Optional<LearnedLimits>> kept = new ArrayList<>();
    private final List<Optional<LearnedLimits>> tried = new ArrayList<>();

    /**
     * A keeper.
     *
     * @param keys the models, in their order
     * @param availableBytes what of the device was there for this process when it started
     */
    LimitKeeper(StateStore<LearnedLimits> store, List<StateKey> keys, long availableBytes) {
        this.store = store;
        this.keys = keys;
        this.availableBytes = availableBytes;
    }

    /** What an earlier process has learned of each model, where there is not clearly more memory than it had. */
    synchronized List<Optional<LearnedLimits>> recall() {
        kept.clear();
        keys.forEach(key -> kept.add(store.load(key)));
        tried.clear();
        tried.addAll(kept);
        List<Optional<LearnedLimits>> inForce = new ArrayList<>();
        for (int model = 0; model < keys.size(); model++) {
            String name = keys.get(model).model();
            kept.get(model).ifPresent(known -> say(name, known));
            inForce.add(kept.get(model).filter(known -> known.holdFor(availableBytes)));
        }
        return inForce;
    }

    private void say(String model, LearnedLimits known) {
        LOG.infof(
                known.holdFor(availableBytes)
                        ? "Batches of %s begin at %s, as out-of-memory errors taught until %s on %s"
                        : "Batches of %s were limited to %s, as out-of-memory errors taught until %s on %s: clearly more is"
                                + " there now, and nothing is limited",
                model,
                known.text(),
                known.at(),
                Bytes.text(known.availableBytes()));
    }

    /** Keeps what has been learned since the last time; what could not be written is not tried again before it changes. */
    synchronized void keep(List<Optional<LearnedLimits>> learned) {
        keep(learned, tried);
    }

    /** The process ends: this is the last time. */
    synchronized void keepAtLast(List<Optional<LearnedLimits>> learned) {
        keep(learned, kept);
    }

    private void keep(List<Optional<LearnedLimits>> learned, List<Optional<LearnedLimits>> known) {
        for (int model = 0; model < kept.size(); model++) {
            Optional<LearnedLimits> now = learned.get(model);
            if (!alike(now, known.get(model))) {
                tried.set(model, now);
                if (kept(keys.get(model), now)) {
                    kept.set(model, now);
                }
            }
        }
    }

    private boolean kept(StateKey key, Optional<LearnedLimits> limits) {
        if (limits.isEmpty()) {
            store.forget(key);
            return true;
        }
        return store.save(key, limits.get().with(availableBytes));
    }

    private static boolean alike(Optional<LearnedLimits> a, Optional<LearnedLimits> b) {
        return a.isPresent() ? b.isPresent() && a.get().like(b.get()) : b.isEmpty();
    }
}
