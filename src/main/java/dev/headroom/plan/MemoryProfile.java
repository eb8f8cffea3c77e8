package dev.headroom.plan;

/**
 * What a model takes of its device: {@code base + n * perItem} bytes for a batch of n items of the longest kind.
 *
 * @param baseBytes what the loaded model takes whatever the batch: weights, workspaces
 * @param perItemBytes what each item of the longest kind adds
 */
public record MemoryProfile(long baseBytes, long perItemBytes) {

    /** Bytes for a batch of so many items. */
    public long bytes(long items) {
        return baseBytes + items * perItemBytes;
    }

    /** The most items that fit into so many bytes, as a power of two; 0 when not even one fits. */
    public int largestBatch(long budgetBytes) {
        long items = (budgetBytes - baseBytes) / perItemBytes;
        return items < 1 ? 0 : Math.toIntExact(Math.min(Long.highestOneBit(items), 1 << 20));
    }
}
