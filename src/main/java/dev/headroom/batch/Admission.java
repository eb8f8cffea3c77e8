package dev.headroom.batch;

import dev.headroom.device.Bytes;
import dev.headroom.request.Failure;
import dev.headroom.request.Item;
import dev.headroom.request.ItemList;
import dev.headroom.request.Priority;
import dev.headroom.request.RequestFailedException;
import dev.headroom.request.Urgency;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongFunction;

/**
 * The items that are admitted and not answered, bounded in number and in bytes. A request takes their room under the
 * monitor; each item gives its own back without it.
 */
final class Admission {

    /** The share of the crowd's surplus that each batch removes. */
    private static final double FORGOTTEN = 0.25;

    private long maxItems;
    private long maxBytes;
    private final Set<Item<?>> items = ConcurrentHashMap.newKeySet();
    private final AtomicLong count = new AtomicLong();
    private final AtomicLong bulk = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private volatile double crowd;
    private volatile long lastNanos = System.nanoTime();

    Admission(long maxItems, long maxBytes) {
        this.maxItems = maxItems;
        this.maxBytes = maxBytes;
    }

    /** Puts other bounds in force, for requests from now on. */
    synchronized void resize(long otherMaxItems, long otherMaxBytes) {
        maxItems = otherMaxItems;
        maxBytes = otherMaxBytes;
    }

    /**
     * Takes room for a request's items, all or none of them. Refuses at once a request that would miss its deadline.
     *
     * @param finish how long the device needs for so many items
     * @param preparation how long these take before the device can take them
     * @return how many items are here now
     * @throws RequestFailedException when there is no room for them now, or never could be, or no time
     */
    synchronized long admit(List<? extends Item<?>> more, LongFunction<Duration> finish, PreparationTime preparation) {
        long moreBytes = 0;
        for (Item<?> item : more) {
            moreBytes += item.bytes();
        }
        checkRoom(more.size(), moreBytes, finish, preparation);
        Urgency urgency = more.getFirst().urgency();
        boolean isBulk = urgency.priority() == Priority.BULK;
        checkTime(urgency, more.size(), isBulk ? count.get() : count.get() - bulk.get(), finish, preparation);
        bulk.addAndGet(isBulk ? more.size() : 0);
        bytes.addAndGet(moreBytes);
        long here = count.addAndGet(more.size());
        items.addAll(more);
        crowd = Math.max(crowd, here);
        return here;
    }

    private void checkRoom(int moreItems, long moreBytes, LongFunction<Duration> finish, PreparationTime preparation) {
        if (moreItems > maxItems || moreBytes > maxBytes) {
            throw new RequestFailedException(new Failure.TooLarge(
                    "The request holds %d items of %s together, and at most %d of %s fit the queue. Send it in parts."
                            .formatted(moreItems, Bytes.text(moreBytes), maxItems, Bytes.text(maxBytes))));
        }
        long here = count.get();
        boolean tooLarge = bytes.get() + moreBytes > maxBytes;
        if (here + moreItems > maxItems || tooLarge) {
            long tooMany = Math.max(here + moreItems - maxItems, tooLarge ? here / 2 : 0);
            throw new RequestFailedException(new Failure.Overloaded(
                    "%d items wait already, and the queue has no room for %d more. Try again later."
                            .formatted(here, moreItems),
                    longer(
                            finish.apply(tooMany),
                            preparation.ahead().multipliedBy(tooMany).dividedBy(Math.max(1, here)))));
        }
    }

    private static Duration longer(Duration a, Duration b) {
        return a.compareTo(b) > 0 ? a : b;
    }

    /** Refuses no items that have nothing before them, because only a run corrects a wrong estimate. */
    private static void checkTime(
            Urgency urgency, int more, long before, LongFunction<Duration> finish, PreparationTime preparation) {
        if (urgency.deadline().isEmpty() || before == 0 && preparation.ahead().isZero()) {
            return;
        }
        Duration deadline = urgency.deadline().get();
        Duration onDevice = finish.apply(before + more);
        Duration decoded = preparation.expected().plus(finish.apply(more));
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

    /** Gives an item's room back, unless that has been done. */
    void release(Item<?> item) {
        if (items.remove(item)) {
            if (item.urgency().priority() == Priority.BULK) {
                bulk.decrementAndGet();
            }
            bytes.addAndGet(-item.bytes());
            lastNanos = System.nanoTime();
            count.decrementAndGet();
        }
    }

    /** Fails every item that is here. */
    void failAll(Failure failure) {
        ItemList.failAll(List.copyOf(items), failure);
    }

    /** For how long no item has been here; negative while one is. */
    Duration idle() {
        return count.get() == 0 ? Duration.ofNanos(System.nanoTime() - lastNanos) : Duration.ofNanos(-1);
    }

    /** True if as many items are here as lately were at a time, so that no further one is expected. */
    boolean gathered() {
        return count.get() >= crowd();
    }

    /** How many items were lately here at a time. */
    long crowd() {
        return Math.max(count.get(), (long) crowd);
    }

    /** A batch has closed: removes a part of the crowd's surplus over the items that are here. */
    synchronized void forgetCrowd() {
        crowd -= FORGOTTEN * Math.max(0, crowd - count.get());
    }
}
