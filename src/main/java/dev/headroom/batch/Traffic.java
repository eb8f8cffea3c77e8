package dev.headroom.batch;

import dev.headroom.gate.Gates;
import dev.headroom.plan.Plan;

/**
 * The state that all replicas of a model share.
 *
 * @param queue the items that wait for a device
 * @param admission the items that are admitted and not answered
 * @param pace how long batches take
 */
record Traffic(BatchQueue queue, Admission admission, Pace pace) {

    /** No traffic yet. */
    static Traffic none(Plan plan, Gates gates) {
        Admission admission =
                new Admission(plan.queueItems().value(), plan.queueBytes().value());
        Pace pace = new Pace();
        return new Traffic(new BatchQueue(admission, pace, gates), admission, pace);
    }

    /** True if so few items were lately here at a time that one batch may have the whole device. */
    boolean isLow(Plan plan) {
        return admission.crowd() <= plan.alone().value();
    }
}
