package dev.headroom.batch;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** Full batches of one size, until there are enough to tell how well batches of that size do. */
final class LoadWindow {

    private static final int BATCHES = 16;

    /** So many batches are enough where most of their items are too late. */
    private static final int FEW = 4;

    private final List<LoadedBatch> batches = new ArrayList<>(BATCHES);

    /**
     * The batches of a window together.
     *
     * @param rows their mean of items
     * @param elements their mean of padded elements
     * @param nanos the median of their times
     * @param late the share of items that were answered too late
     * @param rate padded elements that were answered in time, for each nanosecond
     * @param deadline the shortest of their deadlines; empty if they had none
     */
    record Outcome(double rows, double elements, double nanos, double late, double rate, Optional<Duration> deadline) {

        private static final double CLEARLY_LARGER = 1.1;
        private static final double MANY_LATE = 0.1;

        /** True if these batches hold clearly more than the others. */
        boolean isLargerThan(Outcome other) {
            return elements > CLEARLY_LARGER * other.elements;
        }

        /** True if many of the items are late because the batches themselves take too long. */
        boolean isTooLong() {
            return late > MANY_LATE
                    && deadline.filter(time -> nanos > 0.5 * time.toNanos()).isPresent();
        }

        /** This outcome with a rate to which the former ones contribute, so that noise weighs less. */
        Outcome after(Outcome former) {
            return new Outcome(rows, elements, nanos, late, (3 * former.rate + rate) / 4, deadline);
        }
    }

    /** Adds a batch. Returns the outcome once the window is full, and begins the next one. */
    Optional<Outcome> add(LoadedBatch batch) {
        batches.add(batch);
        boolean hopeless = batches.size() >= FEW && late() > 0.5;
        if (batches.size() < BATCHES && !hopeless) {
            return Optional.empty();
        }
        Outcome outcome = outcome();
        batches.clear();
        return Optional.of(outcome);
    }

    /** Forgets the batches so far, because their size is no longer the one in force. */
    void clear() {
        batches.clear();
    }

    private Outcome outcome() {
        double rows = mean(LoadedBatch::rows);
        double late = late();
        return new Outcome(
                rows,
                mean(LoadedBatch::elements),
                median(LoadedBatch::nanos),
                late,
                (1 - late) * median(LoadedBatch::rate),
                batches.stream().flatMap(batch -> batch.deadline().stream()).min(Duration::compareTo));
    }

    private double late() {
        return mean(LoadedBatch::late) / mean(LoadedBatch::rows);
    }

    private double mean(ToDoubleFunction<LoadedBatch> value) {
        return batches.stream().mapToDouble(value).average().orElseThrow();
    }

    /** The median, because a batch that something else held up says nothing of its size. */
    private double median(ToDoubleFunction<LoadedBatch> value) {
        double[] sorted = batches.stream().mapToDouble(value).sorted().toArray();
        return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }
}
