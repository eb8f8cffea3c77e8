package dev.headroom.batch;

import dev.headroom.measured.LearnedLimit;
import java.util.Optional;

/**
 * A limit that falls at once and rises slowly (additive increase, multiplicative decrease). A failure halves it, but not
 * below a size that is known to fit. It rises soon up to the size that failed last. Beyond that size it needs more
 * successes after each failure, so that a device that stays as small is tried ever more rarely.
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

    /** The limit that failures have taught, which may exceed the plan's; empty where there is none. */
    Optional<LearnedLimit> learned() {
        return learned == NOTHING ? Optional.empty() : Optional.of(new LearnedLimit(learned, patience));
    }

    /** True if a batch of this size has run since one as small last failed. */
    boolean known(long size) {
        return size <= fits;
    }

    /** Follows another plan's limit; a lower one that was learned still holds. */
    void follow(long otherMost) {
        most = otherMost;
    }

    /** Begins with the limit that an earlier process has learned, as patient as that one was, or more. */
    void restore(LearnedLimit known) {
        learned = known.most();
        failedAt = known.most();
        patience = Math.clamp(known.patience(), CAREFUL, MANY);
    }

    /** Notes that a batch of this size did not fit. */
    void failed(long size) {
        patience = Math.min(MANY, 2 * patience);
        failedAt = size;
        partFailed(size);
    }

    /** Notes that a part of such a batch did not fit either. */
    void partFailed(long size) {
        successes = 0;
        if (known(size)) {
            fits = 0; // that size fitted once and does not now
        }
        learned = Math.max(1, Math.min(current(), Math.max(size / 2, fits)));
    }

    /** Notes that a part of such a batch ran; it may be one row that is larger than the limit. */
    void partFitted(long size) {
        fits = Math.max(fits, size);
        learned = Math.max(learned, fits);
    }

    /**
     * Notes that a batch of this size ran. Only one that nearly fills the limit, or to which no row could have been added,
     * says that more may fit.
     *
     * @param row the size that one more row would have added
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
            patience = Math.max(FEW, patience / 2); // the size that failed fits again
        }
        learned = next < most ? next : NOTHING;
        successes = 0;
    }
}
