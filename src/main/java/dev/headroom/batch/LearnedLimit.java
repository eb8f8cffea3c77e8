package dev.headroom.batch;

/**
 * The largest batch that is tried. It begins at the plan's; a batch that did not fit halves its elements at once, and
 * long success raises them again, a little at a time (additive increase, multiplicative decrease).
 */
final class LearnedLimit {

    private static final int SUCCESSES_TO_RAISE = 100;
    private static final int RAISES_TO_PLAN = 16;

    private final BatchLimits plan;
    private long elements;
    private int successes;

    LearnedLimit(BatchLimits plan) {
        this.plan = plan;
        this.elements = plan.elements();
    }

    synchronized BatchLimits current() {
        return new BatchLimits(plan.items(), elements);
    }

    /** A batch of so many padded elements did not fit. One item alone says nothing about smaller ones together. */
    synchronized void failed(int items, long failedElements) {
        if (items > 1) {
            elements = Math.max(1, Math.min(elements, failedElements / 2));
            successes = 0;
        }
    }

    /** A batch of so many padded elements ran. Only one that nearly fills the limit says that more may fit. */
    synchronized void succeeded(long ranElements) {
        if (elements == plan.elements() || ranElements < elements * 3 / 4) {
            return;
        }
        if (++successes >= SUCCESSES_TO_RAISE) {
            elements = Math.min(plan.elements(), elements + Math.max(1, plan.elements() / RAISES_TO_PLAN));
            successes = 0;
        }
    }
}
