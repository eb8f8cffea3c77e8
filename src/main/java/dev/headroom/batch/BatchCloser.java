package dev.headroom.batch;

import java.util.Optional;
import java.util.function.Function;

/** Closes the next batch for a replica that holds a permit, and tells its preparer how long that took. */
record BatchCloser(BatchQueue queue, AdaptiveLimit limit, Preparer preparer) {

    /** The next batch if it closes at once. */
    Optional<Batch> now() {
        return close(queue::closeNow);
    }

    /** The same for a lane that has just run one. */
    Optional<Batch> next() {
        return close(queue::closeNext);
    }

    /** A failure is left to the replica's own thread, which meets it again. */
    private Optional<Batch> close(Function<AdaptiveLimit, Optional<Batch>> closing) {
        try {
            long start = System.nanoTime();
            Optional<Batch> batch = closing.apply(limit);
            if (batch.isPresent() && batch.get().prepared().isEmpty()) {
                preparer.closed(System.nanoTime() - start);
            }
            return batch;
        } catch (RuntimeException | Error e) {
            return Optional.empty();
        }
    }
}
