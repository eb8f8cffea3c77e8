package dev.headroom.generation;

import dev.headroom.plan.GenerationPlan;
import dev.headroom.session.Decoder;

/**
 * The bytes that keys and values may take, and the shapes of rows that fit into them. It falls after an out-of-memory error and
 * grows back, by a sixteenth of the plan after so many runs without one. The thread that runs the steps calls; any thread may
 * read the bytes.
 */
final class CacheBudget {

    private static final int QUANTUM = 32;
    private static final int RUNS_TO_GROW = 256;
    private static final int PARTS = 16;

    private final Decoder decoder;
    private final int longest;
    private final int mostRows;
    private final long plannedBytes;
    private final long mostKept;
    private volatile long bytes;
    private int runs;

    /** The planned budget. */
    CacheBudget(Decoder decoder, GenerationPlan plan) {
        this.decoder = decoder;
        this.plannedBytes = plan.cache().value();
        this.bytes = plannedBytes;
        this.mostKept = plan.kept().value();
        this.longest = plan.context().asInt();
        this.mostRows = plan.rows().asInt();
    }

    /** The most sequences on the device. */
    int mostRows() {
        return mostRows;
    }

    /** The bytes in force. */
    long bytes() {
        return bytes;
    }

    /** True if so many rows of so many tokens fit beside bytes that are taken. */
    boolean fits(int rows, int tokens, long takenBytes) {
        return decoder.bytes(rows, tokens) + takenBytes <= bytes;
    }

    /** True if so many rows fit that grow for some steps yet. */
    boolean fitGrowing(int rows, int tokens) {
        return fits(rows, Math.min(longest, tokens + QUANTUM), 0);
    }

    /** Bytes that sequences which have ended may have beside bytes that are taken; below 0 where not even those fit. */
    long keepable(long takenBytes) {
        return Math.min(mostKept, bytes - takenBytes);
    }

    /** False if nothing of one sequence is used for another one. */
    boolean keeps() {
        return mostKept > 0;
    }

    /** The tokens that rows get memory for: some more than they need, where that fits. */
    int capacity(int rows, int needed, long takenBytes) {
        for (int generous : new int[] {up(needed + needed / 2), up(needed)}) {
            if (fits(rows, Math.min(longest, generous), takenBytes)) {
                return Math.max(needed, Math.min(longest, generous));
            }
        }
        return needed;
    }

    /** The rows that get memory: up to twice as many as are needed, where that fits. */
    int rows(int needed, int capacity, long takenBytes) {
        int generous = Math.min(mostRows, Integer.highestOneBit(2 * needed - 1) * 2);
        for (int rows = generous; rows > needed; rows--) {
            if (fits(rows, capacity, takenBytes)) {
                return rows;
            }
        }
        return needed;
    }

    private static int up(int tokens) {
        return Math.ceilDiv(tokens, QUANTUM) * QUANTUM;
    }

    /** The device ran a step, or read of a prompt. */
    void ran() {
        if (bytes < plannedBytes && ++runs >= RUNS_TO_GROW) {
            runs = 0;
            bytes = Math.min(plannedBytes, bytes + plannedBytes / PARTS);
        }
    }

    /**
     * The device had no room though so many bytes of keys and values were held. The longest sequence stays possible.
     *
     * @return false where the budget is as small as it can be
     */
    boolean failed(long heldBytes) {
        runs = 0;
        long before = bytes;
        bytes = Math.min(before, Math.max(decoder.bytes(1, longest), heldBytes - heldBytes / PARTS));
        return bytes < before;
    }
}
