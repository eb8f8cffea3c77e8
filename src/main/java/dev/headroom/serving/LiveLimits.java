package dev.headroom.serving;

import dev.headroom.plan.Plan;
import dev.headroom.task.Preparation;
import java.util.function.IntConsumer;

/**
 * The limits that follow the plan at once, because no session and no lane follows from them: those of batches, of workers
 * and of downloads. Any thread may call; it waits for no device and holds no lock.
 */
final class LiveLimits {

    private final LivePlan plan;
    private final ServedDevice first;
    private final Preparation preparation;
    private volatile IntConsumer downloads = count -> {};

    /** @param first the device that the plan is for */
    LiveLimits(LivePlan plan, ServedDevice first, Preparation preparation) {
        this.plan = plan;
        this.first = first;
        this.preparation = preparation;
    }

    /** From now on tells this how many inputs are downloaded at a time. */
    void tell(IntConsumer other) {
        downloads = other;
    }

    /** Puts the plan in force. */
    void follow() {
        plan.graphs().all().forEach(ServedModel::followPlan);
        preparation.resize(plan.graphs().most(Plan::workers));
        downloads.accept(plan.graphs().most(Plan::fetches));
    }

    /**
     * Plans with what other processes leave of the device, where that has changed by a lot; asks the driver.
     *
     * @return true if the plan has changed
     */
    boolean followOthers() {
        boolean changed = plan.follow(first.others().read());
        if (changed) {
            follow();
        }
        return changed;
    }

    /** Plans with the batches that growth under load has reached, and keeps them. */
    void keepGrown() {
        for (ServedModel model : plan.graphs().all()) {
            model.grown().ifPresent(reached -> {
                plan.measurements().grown(model, reached);
                follow();
            });
        }
    }
}
