package dev.headroom.batch;

import dev.headroom.plan.Bytes;
import java.time.Duration;
import java.util.function.Supplier;

/** What has been admitted and not yet answered, bounded in items and in bytes. */
final class Admission {

    private long maxItems;
    private long maxBytes;
    private long items;
    private long bytes;
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
     * Takes room for a request's items, all or none of them.
     *
     * @param drainTime how long the device needs for what is here
     * @throws RequestFailedException when there is no room for them now, or never could be
     */
    synchronized void admit(int moreItems, long moreBytes, Supplier<Duration> drainTime) {
        if (moreItems > maxItems || moreBytes > maxBytes) {
            throw new RequestFailedException(new Failure.TooLarge(
                    "The request holds %d items of %s together, and at most %d of %s fit the queue. Send it in parts."
                            .formatted(moreItems, Bytes.text(moreBytes), maxItems, Bytes.text(maxBytes))));
        }
        if (items + moreItems > maxItems || bytes + moreBytes > maxBytes) {
            throw new RequestFailedException(new Failure.Overloaded(
                    "%d items wait already, and the queue has no room for %d more. Try again later."
                            .formatted(items, moreItems),
                    drainTime.get()));
        }
        items += moreItems;
        bytes += moreBytes;
    }

    /** Gives the room of one answered item back. */
    synchronized void release(long itsBytes) {
        items--;
        bytes -= itsBytes;
        lastNanos = System.nanoTime();
    }

    /** For how long nothing has been here; negative while something is. */
    synchronized Duration idle() {
        return items > 0 ? Duration.ofNanos(-1) : Duration.ofNanos(System.nanoTime() - lastNanos);
    }

    synchronized long items() {
        return items;
    }
}
