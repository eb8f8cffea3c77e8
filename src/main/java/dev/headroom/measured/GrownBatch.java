package dev.headroom.measured;

import io.quarkus.runtime.annotations.RegisterForReflection;

/**
 * The batch that a model's growth under load has reached.
 *
 * @param items the most items of a batch
 * @param ran a batch that filled it: rows, elements of each, the time that half of such batches kept to
 * @param patience windows of batches before a larger one is tried; 1 while none has failed to pay
 */
@RegisterForReflection
public record GrownBatch(int items, Sample ran, int patience) {

    private static final int MOST_ITEMS = 1 << 20;

    /** Refuses numbers that no growth can reach. */
    public GrownBatch {
        if (items < 1 || items > MOST_ITEMS || ran == null || patience < 1) {
            throw new IllegalArgumentException(
                    "no grown batch: %d items, %s, after %d windows".formatted(items, ran, patience));
        }
    }

    /** True if batches grow from here as they do from the other. */
    public boolean like(GrownBatch other) {
        return items == other.items && patience == other.patience;
    }
}
