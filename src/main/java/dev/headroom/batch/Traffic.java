package dev.headroom.batch;

import dev.headroom.gate.Gates;
import dev.headroom.plan.Plan;
import dev.headroom.request.Item;
import java.util.List;

/**
 * The state that all replicas of a model share.
 *
 * @param queue the items that wait for a device
 * @param admission the items that are admitted and not answered
 * @param pace how long batches take
 * @param growth how large batches are while that is still being found out
 * @param gates the ways to the devices
 */
record Traffic(BatchQueue queue, Admission admission, Pace pace, Growth growth, Gates gates) {

    /** No traffic yet. */
    static Traffic none(Plan plan, Gates gates) {
        Admission admission =
                new Admission(plan.queueItems().value(), plan.queueBytes().value());
        Pace pace = new Pace();
        return new Traffic(new BatchQueue(admission, pace, gates), admission, pace, new Growth(plan), gates);
    }

    /** A batch of these items ran for so long. */
    void ran(List<Item<?>> items, long nanos) {
        pace.ran(items.size(), nanos);
        if (growth.grows()) {
            growth.ran(LoadedBatch.of(items, nanos), Math.ceilDiv(admission.crowd(), Math.max(1, gates.lanes())));
        }
    }

    /** True if so few items were lately here at a time that one batch may have the whole device. */
    boolean isLow(Plan plan) {
        return admission.crowd() <= plan.alone().value();
    }
}
