package dev.headroom.batch;

import dev.headroom.batch.LoadWindow.Outcome;
import dev.headroom.measured.GrownBatch;
import dev.headroom.plan.GrowthRoom;
import dev.headroom.plan.Plan;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Goes on under load where time ended a model's calibration. The batch doubles as long as that pays, which means that
 * clearly more items are answered in time. After a size that does not pay it falls back, and tries larger ones in small
 * steps and ever more rarely. Where batches make their own items late, or the device has become slower, it tries a smaller
 * size; where the device has become faster it doubles again.
 *
 * <p>Only full batches count, a window of them at a time, and {@link AimdLimit} decides when a larger size is tried: one
 * of its successes is a window.
 *
 * <p>Any thread may call. The listener is told under the lock; it takes only the locks of the limits, which are leaves.
 */
final class Growth {

    /** The device has changed if as large a batch answers so much more or less than when its size was chosen. */
    private static final double CHANGED = 0.15;

    private static final double FULL = 0.75;
    private static final double CLEARLY_LARGER = 1.1;

    private final LoadWindow window = new LoadWindow();
    private Plan planned;
    private Consumer<Plan> listener = plan -> {};
    private AimdLimit limit;
    private int items;
    private boolean grows;
    private Optional<PayingSize> best = Optional.empty();

    Growth(Plan plan) {
        follow(plan);
    }

    /** Tells the listener the plan with the size in force, now and whenever one of them changes. */
    synchronized void tell(Consumer<Plan> follower) {
        listener = follower;
        listener.accept(inForce());
    }

    /** Follows another plan; growth that is under way goes on. */
    synchronized void follow(Plan other) {
        planned = other;
        if (grows != other.growth().isPresent()) {
            grows = !grows;
            begin(other.batch().asInt());
            Optional<GrownBatch> known = other.growth().flatMap(GrowthRoom::reached);
            known.map(GrownBatch::patience).ifPresent(limit::restorePatience);
            best = known.map(PayingSize::kept);
        }
        listener.accept(inForce());
    }

    private void begin(int size) {
        limit = AimdLimit.ofWindows(size);
        items = size;
        window.clear();
    }

    private Plan inForce() {
        return grows ? planned.grown(items) : planned;
    }

    /** The size that was found to pay, to be kept for the next start; empty while there is none. */
    synchronized Optional<GrownBatch> reached() {
        return best.map(size -> size.kept(limit.patience()));
    }

    /** True while the size is still being found out. */
    synchronized boolean grows() {
        return grows;
    }

    /**
     * A batch ran.
     *
     * @param crowd the items that were lately here at a time, for each lane
     */
    synchronized void ran(LoadedBatch batch, long crowd) {
        if (grows && fills(batch)) {
            window.add(batch).ifPresent(outcome -> judge(outcome, crowd));
        }
    }

    private boolean fills(LoadedBatch batch) {
        return batch.rows() >= FULL * items
                || batch.elements() >= FULL * inForce().elements().value();
    }

    private void judge(Outcome outcome, long crowd) {
        int before = items;
        if (best.isEmpty()) {
            choose(PayingSize.first(items, outcome), crowd);
        } else if (items > best.get().items()) {
            compareLarger(outcome, crowd);
        } else if (items < best.get().items()) {
            compareSmaller(outcome, crowd);
        } else {
            remain(outcome, crowd);
        }
        if (items != before) {
            window.clear();
            listener.accept(inForce());
        }
    }

    private void compareLarger(Outcome outcome, long crowd) {
        if (best.get().isOutdoneBy(outcome)) {
            pays(best.get().then(items, outcome), crowd);
        } else {
            limit.failed(items);
            items = Math.toIntExact(limit.current());
        }
    }

    private void compareSmaller(Outcome outcome, long crowd) {
        PayingSize smaller = PayingSize.first(items, outcome);
        if (smaller.isOutdoneBy(best.get().outcome())) {
            begin(best.get().items());
            pays(best.get(), crowd);
        } else {
            choose(smaller, crowd);
        }
    }

    /** Stays at the best size, unless the device has changed. */
    private void remain(Outcome outcome, long crowd) {
        PayingSize now = best.get().again(outcome);
        if (now.change() < 1 - CHANGED && items > 1) {
            best = Optional.of(PayingSize.first(items, outcome));
            begin(items / 2);
        } else if (now.change() > 1 + CHANGED) {
            begin(items);
            pays(PayingSize.first(items, outcome), crowd);
        } else {
            pays(now, crowd);
        }
    }

    /** Takes a size for the best, and tries a smaller one where its batches make their own items late. */
    private void choose(PayingSize size, long crowd) {
        if (size.outcome().isTooLong() && items > 1) {
            best = Optional.of(size);
            begin(items / 2);
        } else {
            pays(size, crowd);
        }
    }

    private void pays(PayingSize size, long crowd) {
        best = Optional.of(size);
        limit.follow(most(size, crowd));
        limit.succeeded(items, 1);
        items = Math.toIntExact(limit.current());
    }

    /** The most items that may be tried: as many as come, as the plan has room for, and as end in time. */
    private long most(PayingSize size, long crowd) {
        double allowed = Math.min(
                planned.timeoutTime().toNanos(),
                size.outcome().deadline().map(time -> (double) time.toNanos()).orElse(Double.MAX_VALUE));
        long most = Math.min(Math.min(planned.growth().orElseThrow().items(), crowd), size.within(allowed));
        boolean worthATry = most == crowd || most >= CLEARLY_LARGER * size.items();
        return worthATry ? Math.max(most, size.items()) : size.items();
    }
}
