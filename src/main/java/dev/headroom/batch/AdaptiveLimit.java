package dev.headroom.batch;

import dev.headroom.measured.LearnedLimit;
import dev.headroom.measured.LearnedLimits;
import dev.headroom.plan.Plan;
import dev.headroom.request.Item;
import dev.headroom.request.ItemList;
import java.util.List;
import java.util.Optional;

/**
 * The largest batch that is tried, in padded elements and in items. It begins at the plan's. A batch that did not fit
 * lowers the elements; where as many elements are known to fit in fewer rows it was the items.
 */
final class AdaptiveLimit {

    private Plan plan;
    private final AimdLimit elements;
    private final AimdLimit items;
    private long longest;
    private volatile BatchLimits current;

    AdaptiveLimit(Plan plan) {
        this.plan = plan;
        elements = new AimdLimit(plan.elements().value());
        items = new AimdLimit(plan.batch().value());
        change();
    }

    private void change() {
        current = new BatchLimits(plan, elements.current(), Math.toIntExact(items.current()));
    }

    BatchLimits current() {
        return current;
    }

    /** Most padded elements that out-of-memory errors have taught; empty where they have taught none. */
    synchronized Optional<LearnedLimit> learnedElements() {
        return elements.learned();
    }

    /** The same in items. */
    synchronized Optional<LearnedLimit> learnedItems() {
        return items.learned();
    }

    /** Another plan is in force; what was learned below the old one still holds. */
    synchronized void follow(Plan other) {
        elements.follow(other.elements().value());
        items.follow(other.batch().value());
        plan = other;
        change();
    }

    /** Begins where an earlier process stopped. */
    synchronized void restore(LearnedLimits known) {
        known.elements().ifPresent(elements::restore);
        known.items().ifPresent(items::restore);
        change();
    }

    /** Learns from a batch that did not fit. One row alone says nothing about others. */
    synchronized void learn(Recovery recovery) {
        boolean part = false;
        for (List<Item<?>> unfit : recovery.evidence()) {
            failed(unfit.size(), ItemList.padded(unfit), part);
            part = true;
        }
        for (List<Item<?>> fitted : recovery.fitted()) {
            elements.partFitted(ItemList.padded(fitted));
            items.partFitted(fitted.size());
        }
        change();
    }

    private void failed(int rows, long padded, boolean part) {
        boolean rowsToBlame = elements.known(padded) && !items.known(rows);
        AimdLimit blamed = rowsToBlame ? items : elements;
        long size = rowsToBlame ? rows : padded;
        if (part) {
            blamed.partFailed(size);
        } else {
            blamed.failed(size);
        }
    }

    /** So many rows ran together, padded to this length. */
    synchronized void succeeded(int rows, long length) {
        elements.succeeded(rows * length, length);
        items.succeeded(rows, 1);
        change();
    }

    /** The model has run on a row of so many elements. */
    synchronized void ranOn(long rowElements) {
        longest = Math.max(longest, rowElements);
    }

    /** Elements of the longest row that has run, alone or among others; 0 before any has. */
    synchronized long longest() {
        return longest;
    }

    /** The bytes above the model's own that so many rows of this length should take; 0 where that is unknown. */
    synchronized long predictedBytes(long rows, long length) {
        return plan.profile().map(model -> model.batchBytes(rows, length)).orElse(0L);
    }
}
