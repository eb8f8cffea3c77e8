package dev.headroom.generation;

import dev.headroom.session.Decoder;

/**
 * The bytes that keys and values may take, and the shapes of rows that fit into them. It falls after an out-of-memory error and
 * grows back, by a sixteenth of the plan after so many steps without one. The thread that runs the steps calls; any thread may
 * read the bytes.
 */
final class CacheBudget {

    private static final int QUANTUM = 32;
    private static final int STEPS_TO_GROW = 256;
    private static final int PARTS = 16;

    private final Decoder decoder;
    private final int longest;
    private volatile long plannedBytes;
    private volatile long bytes;
    private int steps;

    /**
     * The planned budget.
     *
     * @param longest the most tokens of a sequence
     */
    CacheBudget(Decoder decoder, long plannedBytes, int longest) {
        this.decoder = decoder;
        this.plannedBytes = plannedBytes;
        this.bytes = plannedBytes;
        this.longest = longest;
    }

    /** The bytes in force. */
    long bytes() {
        return bytes;
    }

    /** True if so many rows of so many tokens fit. */
    boolean fits(int rows, int tokens) {
        return decoder.bytes(rows, tokens) <= bytes;
    }

    /** The tokens that rows get memory for: some more than they need, where that fits. */
    int capacity(int rows, int needed) {
        int generous = Math.min(longest, up(needed + needed / 2));
        return fits(rows, generous) ? generous : Math.min(longest, needed);
    }

    /** The rows that get memory: twice as many as are needed, where that fits. */
    int rows(int needed, int capacity, int most) {
        int generous = Math.min(most, Integer.highestOneBit(2 * needed - 1) * 2);
        for (int rows = Math.max(needed, generous); rows > needed; rows--) {
            if (fits(rows, capacity)) {
                return rows;
            }
        }
        return needed;
    }

    private static int up(int tokens) {
        return Math.ceilDiv(tokens, QUANTUM) * QUANTUM;
    }

    /** A step ran. */
    void ran() {
        if (bytes < plannedBytes && ++steps >= STEPS_TO_GROW) {
            steps = 0;
            bytes = Math.min(plannedBytes, bytes + plannedBytes / PARTS);
        }
    }

    /** The device had no room though so many bytes of keys and values were held; the longest sequence stays possible. */
    void failed(long heldBytes) {
        steps = 0;
        bytes = Math.max(decoder.bytes(1, longest), Math.min(bytes, heldBytes - heldBytes / PARTS));
    }

    /** Follows another plan. */
    void follow(long planned) {
        bytes = bytes == plannedBytes ? planned : Math.min(bytes, planned);
        plannedBytes = planned;
    }
}
