package dev.headroom.batch;

import java.util.OptionalLong;

/**
 * A limit that falls at once and rises slowly (additive increase, multiplicative decrease). What failed is halved, but
 * not below what is known to fit. Up to the size that failed last it rises again soon; beyond that it waits longer after
 * each failure, so that a device that stays as small is tried ever more rarely.
 */
final class AimdLimit {

    private static final int STEPS = 16;
    private static final int FEW = 16;
    private static final int CAREFUL = 64;
    private static final int MANY = 1024;
    private static final long NOTHING = Long.MAX_VALUE;

    private long most;
    private long learned = NOTHING;
    private long fits;
    private long failedAt = NOTHING;
    private int patience = FEW;
    private int successes;

    /** A limit that begins at the most it can be, which is the plan's. */
    AimdLimit(long most) {
        this.most = most;
    }

    /** The limit in force. */
    long current() {
        return Math.min(learned, most);
    }

    /** What was learned, which may be more than the plan allows now; empty where nothing was. */
    OptionalLong learned() {
        return learned == NOTHING ? OptionalLong.empty() : OptionalLong.of(learned);
    }

    /** Whether a batch of this size has run since the last that was as small and did not fit. */
    boolean known(long size) {
        return size <= fits;
    }

    /** Another plan is in force; what was learned below the old one still holds. */
    void follow(long otherMost) {
        most = otherMost;
    }

    /** Begins where an earlier process stopped. */
    void restore(long known) {
        learned = known;
        failedAt = known;
        patience = CAREFUL;
    }

    /** A batch of this size, as it had been formed, did not fit. */
    void failed(long size) {
        patience = Math.min(MANY, 2 * patience);
        failedAt = size;
        partFailed(size);
    }

    /** A part of such a batch, of this size, did not fit either. */
    void partFailed(long size) {
        successes = 0;
        if (known(size)) {
            fits = 0; // what fitted then does not fit now
        }
        learned = Math.max(1, Math.min(current(), Math.max(size / 2, fits)));
    }

    /** A part of such a batch, of this size, ran; it may be one row that is larger than the limit. */
    void partFitted(long size) {
        fits = Math.max(fits, size);
        learned = Math.max(learned, fits);
    }

    /**
     * A batch of this size ran. Only one that nearly fills the limit, or to which no further row could have been added,
     * says that more may fit.
     *
     * @param row what one more row would have added
     */
    void succeeded(long size, long row) {
        partFitted(size);
        long current = current();
        boolean full = size >= current - current / 4 || size + row > current;
        if (current == most || !full) {
            return;
        }
        long next = current + Math.max(1, Math.min(most, 2 * current) / STEPS);
        boolean untried = next >= failedAt;
        if (++successes < (untried ? patience : FEW)) {
            return;
        }
        if (current >= failedAt) {
            patience = Math.max(FEW, patience / 2); // what failed fits again
        }
        learned = next < most ? next : NOTHING;
        successes = 0;
    }
}
