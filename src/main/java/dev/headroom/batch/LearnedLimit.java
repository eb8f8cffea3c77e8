package dev.headroom.batch;

import dev.headroom.plan.Plan;

/**
 * The largest batch that is tried. It begins at the plan's; a batch that did not fit halves its elements at once, and
 * long success raises them again, a little at a time (additive increase, multiplicative decrease).
 */
final class LearnedLimit {

    private static final int SUCCESSES_TO_RAISE = 100;
    private static final int RAISES_TO_PLAN = 16;

    private Plan plan;
    private long elements;
    private int successes;

    LearnedLimit(Plan plan) {
        this.plan = plan;
        this.elements = plan.elements().value();
    }

    synchronized BatchLimits current() {
        return new BatchLimits(plan, elements);
    }

    /** Another plan is in force; what was learned below the old one still holds. */
    synchronized void follow(Plan other) {
        elements = learned()
                ? Math.min(elements, other.elements().value())
                : other.elements().value();
        plan = other;
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
        if (!learned() || ranElements < elements * 3 / 4) {
            return;
        }
        if (++successes >= SUCCESSES_TO_RAISE) {
            long planned = plan.elements().value();
            elements = Math.min(planned, elements + Math.max(1, planned / RAISES_TO_PLAN));
            successes = 0;
        }
    }

    /** What so many rows of this length are predicted to take above the model's own memory; 0 where that is unknown. */
    synchronized long predictedBytes(long rows, long length) {
        return plan.profile().map(model -> model.batchBytes(rows, length)).orElse(0L);
    }

    private boolean learned() {
        return elements < plan.elements().value();
    }
}
