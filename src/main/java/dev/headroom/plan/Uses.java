package dev.headroom.plan;

/**
 * The last times at which a model was used, and the rate that follows from them (LRU-K). One request after a long pause does
 * not outweigh many. Any thread may call.
 */
public final class Uses {

    private static final int KEPT = 16;
    private static final double SECOND = 1e9;

    private final long[] nanos = new long[KEPT];
    private long count;

    /** It is used at this moment. */
    public synchronized void used(long now) {
        nanos[(int) (count++ % KEPT)] = now;
    }

    /** The moment of the last use; that of the clock's origin if there was none. */
    public synchronized long lastNanos() {
        return count == 0 ? 0 : nanos[(int) ((count - 1) % KEPT)];
    }

    /** Uses a second, over the last of them and the time since. */
    public synchronized double rate(long now) {
        if (count == 0) {
            return 0;
        }
        long kept = Math.min(count, KEPT);
        return kept * SECOND / Math.max(1, now - nanos[(int) ((count - kept) % KEPT)]);
    }
}
