package dev.headroom.forecast;

import dev.headroom.plan.MemoryBudget;
import java.util.Locale;

/** Tells how well a device suits a model, by the share of its memory that the largest batch is predicted to take. */
public enum Fit {
    /** Between 60 and 90 % of the device. */
    OK,
    /** Less than 60 %: a smaller device would do, or this one has room for more. */
    UNDER_USED,
    /** More than 90 %: out-of-memory errors are to be expected. */
    AT_RISK,
    /** Nothing is known of the model's memory. */
    UNKNOWN;

    /** The fit of a batch that takes this share of the device, which may be above 1. */
    static Fit of(double share) {
        if (share > MemoryBudget.RISK) {
            return AT_RISK;
        }
        return share < MemoryBudget.UNDER_USE ? UNDER_USED : OK;
    }

    /** The words that reports show, such as {@code under-used}. */
    @Override
    public String toString() {
        return this == AT_RISK ? "at risk" : name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
