package dev.headroom.batch;

import dev.headroom.request.Failure;
import dev.headroom.request.Item;
import dev.headroom.request.Stay;
import dev.headroom.request.Urgency;
import java.time.Duration;
import java.util.List;

/** How long admitted items have until they fail by themselves. */
record ItemDeadlines(Admission admission, Replicas replicas) {

    /**
     * Starts the deadline of a request's items, which give their places back when they end. Where it cannot, they fail and give
     * them back at once, because the caller does not submit them.
     *
     * @param here the items that are admitted, these included
     * @param timeout the time-out of one batch
     * @param preparation how long they need before a device can take them
     */
    void start(List<? extends Item<?>> items, long here, Duration timeout, Duration preparation) {
        try {
            begin(items, here, timeout, preparation);
        } catch (RuntimeException | Error e) {
            items.forEach(item -> item.fail(new Failure.Internal("The item could not be admitted.", e)));
            items.forEach(admission::release);
            throw e;
        }
    }

    private void begin(List<? extends Item<?>> items, long here, Duration timeout, Duration preparation) {
        long batches = Math.max(1, Math.ceilDiv(here, replicas.limits().items()));
        Duration most = timeout.multipliedBy(batches * replicas.turns()).plus(preparation);
        Duration time = earlier(items.getFirst().urgency(), most);
        Stay.begin(items, time, () -> Failure.DeadlineExceeded.within(time), admission::release);
    }

    /** The caller's deadline where it is earlier than the time for all batches, of other models' in between too. */
    private static Duration earlier(Urgency urgency, Duration most) {
        return urgency.deadline()
                .filter(deadline -> deadline.compareTo(most) < 0)
                .orElse(most);
    }
}
