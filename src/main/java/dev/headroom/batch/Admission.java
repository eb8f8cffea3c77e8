package dev.headroom.batch;

import dev.headroom.device.Bytes;
import dev.headroom.request.Failure;
import dev.headroom.request.Item;
import dev.headroom.request.Priority;
import dev.headroom.request.RequestFailedException;
import dev.headroom.request.Urgency;
import java.time.Duration;
import java.util.List;
import java.util.function.LongFunction;

/** What has been admitted and not yet answered, bounded in items and in bytes. */
final class Admission {

    /** How fast what was lately here at a time is forgotten: by so much with each batch. */
    private static final double FORGOTTEN = 0.25;

    private long maxItems;
    private long maxBytes;
    private long items;
    private long bulk;
    private long bytes;
    private double crowd;
    private long lastNanos = System.nanoTime();

    Admission(long maxItems, long maxBytes) {
        this.maxItems = maxItems;
        this.maxBytes = maxBytes;
    }

    /** Other bounds are in force for what comes from now on. */
    synchronized void resize(long otherMaxItems, long otherMaxBytes) {
        maxItems = otherMaxItems;
        maxBytes = otherMaxBytes;
    }

    /**
     * Takes room for a request's items, all or none of them. What would not be answered by its deadline is refused now
     * and not after waiting.
     *
     * @param finish how long the device needs for so many items
     * @param lead what has to be done for these first
     * @return how many items are here now
     * @throws RequestFailedException when there is no room for them now, or never could be, or no time
     */
    synchronized long admit(List<? extends Item<?>> more, LongFunction<Duration> finish, Lead lead) {
        long moreBytes = 0;
        for (Item<?> item : more) {
            moreBytes += item.bytes();
        }
        checkRoom(more.size(), moreBytes, finish, lead);
        Urgency urgency = more.getFirst().urgency();
        long before = urgency.priority() == Priority.BULK ? items : items - bulk;
        checkTime(urgency, more.size(), before, finish, lead);
        items += more.size();
        bulk += urgency.priority() == Priority.BULK ? more.size() : 0;
        bytes += moreBytes;
        crowd = Math.max(crowd, items);
        return items;
    }

    private void checkRoom(int moreItems, long moreBytes, LongFunction<Duration> finish, Lead lead) {
        if (moreItems > maxItems || moreBytes > maxBytes) {
            throw new RequestFailedException(new Failure.TooLarge(
                    "The request holds %d items of %s together, and at most %d of %s fit the queue. Send it in parts."
                            .formatted(moreItems, Bytes.text(moreBytes), maxItems, Bytes.text(maxBytes))));
        }
        if (items + moreItems > maxItems || bytes + moreBytes > maxBytes) {
            long tooMany = Math.max(items + moreItems - maxItems, bytes + moreBytes > maxBytes ? items / 2 : 0);
            throw new RequestFailedException(new Failure.Overloaded(
                    "%d items wait already, and the queue has no room for %d more. Try again later."
                            .formatted(items, moreItems),
                    longer(
                            finish.apply(tooMany),
                            lead.ahead().multipliedBy(tooMany).dividedBy(Math.max(1, items)))));
        }
    }

    private static Duration longer(Duration a, Duration b) {
        return a.compareTo(b) > 0 ? a : b;
    }

    /** With nothing before them they are tried: an estimate that is wrong would otherwise never be put right. */
    private static void checkTime(Urgency urgency, int more, long before, LongFunction<Duration> finish, Lead lead) {
        if (urgency.deadline().isEmpty() || before == 0 && lead.ahead().isZero()) {
            return;
        }
        Duration deadline = urgency.deadline().get();
        Duration onDevice = finish.apply(before + more);
        Duration decoded = lead.expected().plus(finish.apply(more));
        Duration time = longer(onDevice, decoded);
        if (time.compareTo(deadline) > 0) {
            String why = onDevice.equals(time)
                    ? "%d items are before these: they".formatted(before)
                    : "with the images that are decoded before them these";
            throw new RequestFailedException(new Failure.Overloaded(
                    "The deadline is %d ms away, and %s would take about %d ms. Try again later, or allow more time."
                            .formatted(deadline.toMillis(), why, time.toMillis()),
                    time.minus(deadline)));
        }
    }

    /** Gives the room of one answered item back. */
    synchronized void release(Item<?> item) {
        items--;
        bulk -= item.urgency().priority() == Priority.BULK ? 1 : 0;
        bytes -= item.bytes();
        lastNanos = System.nanoTime();
    }

    /** For how long nothing has been here; negative while something is. */
    synchronized Duration idle() {
        return items > 0 ? Duration.ofNanos(-1) : Duration.ofNanos(System.nanoTime() - lastNanos);
    }

    synchronized long items() {
        return items;
    }

    /** How many items were lately here at a time. */
    synchronized long crowd() {
        return Math.max(items, (long) crowd);
    }

    /** A batch has closed: what was here some batches ago says less and less. */
    synchronized void forgetCrowd() {
        crowd -= FORGOTTEN * Math.max(0, crowd - items);
    }
}
