package dev.headroom.batch;

import dev.headroom.measured.LearnedLimit;
import java.util.Optional;

/**
 * A limit that falls at once and rises slowly (additive increase, multiplicative decrease). A failure halves it, but not
 * below a size that is known to fit. It rises soon up to the size that failed last. Beyond that size it needs more
 * successes after each failure, so that a device that stays as small is tried ever more rarely.
 *
 * <p>A limit {@link #ofWindows of windows} begins low and doubles until the first failure. Each of its successes and
 * failures is that of many batches, so that it needs few.
 */
final class AimdLimit {

    private static final int STEPS = 16;
    private static final int STEPS_OF_WINDOWS = 8; // the sizes of batches: four for each doubling
    private static final int FEW = 16;
    private static final int CAREFUL = 64;
    private static final int MANY = 1024;
    private static final int WINDOW = 16;
    private static final long NOTHING = Long.MAX_VALUE;

    private long most;
    private long learned = NOTHING;
    private long fits;
    private long failedAt = NOTHING;
    private int patience;
    private int successes;
    private final int steps;
    private final int batches; // of a success
    private boolean doubles;

    private AimdLimit(long most, int steps, int batches) {
        this.most = most;
        this.steps = steps;
        this.batches = batches;
        patience = FEW / batches;
    }

    /** A limit that begins at the most it can be, which is the plan's. */
    AimdLimit(long most) {
        this(most, STEPS, 1);
    }

    /** A limit that begins at this size, and doubles up to the most that it {@link #follow follows}. */
    static AimdLimit ofWindows(long size) {
        AimdLimit limit = new AimdLimit(NOTHING, STEPS_OF_WINDOWS, WINDOW);
        limit.learned = size;
        limit.doubles = true;
        return limit;
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
        patience = Math.clamp(known.patience(), CAREFUL / batches, MANY / batches);
        doubles = false;
    }

    /** Begins as patient as an earlier process was; where that had met no failure, the limit still doubles. */
    void restorePatience(int known) {
        if (known > patience) {
            restore(new LearnedLimit(current(), known));
        }
    }

    /** Successes after which a size is tried that has failed. */
    int patience() {
        return patience;
    }

    /** Notes that a batch of this size did not fit. */
    void failed(long size) {
        patience = Math.min(MANY / batches, 2 * patience);
        failedAt = size;
        doubles = false;
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
        long next = current + (doubles ? current : Math.max(1, Math.min(most, 2 * current) / steps));
        boolean untried = next >= failedAt;
        if (++successes < (untried ? patience : FEW / batches)) {
            return;
        }
        if (current >= failedAt) {
            patience = Math.max(FEW / batches, patience / 2); // the size that failed fits again
        }
        learned = next < most ? next : NOTHING;
        successes = 0;
    }
}
