package dev.headroom.measured;

import io.quarkus.runtime.annotations.RegisterForReflection;

/**
 * A limit that failures have taught.
 *
 * @param most the limit
 * @param patience batches that have to fit before a larger one is tried; twice as many each time the same limit was
 *     found again
 */
@RegisterForReflection
public record LearnedLimit(long most, int patience) {

    /** Refuses numbers that no failure can have taught. */
    public LearnedLimit {
        if (most < 1 || patience < 1) {
            throw new IllegalArgumentException("no limit: %d after %d batches".formatted(most, patience));
        }
    }

    /** The lower one; of two that are as low the one that was found more often. */
    LearnedLimit lowest(LearnedLimit other) {
        boolean lower = most < other.most || most == other.most && patience >= other.patience;
        return lower ? this : other;
    }
}
