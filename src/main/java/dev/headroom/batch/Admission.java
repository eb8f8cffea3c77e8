package dev.headroom.batch;

import java.time.Duration;

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

    /** Takes room for a request's items, all or none of them. */
    synchronized boolean admit(long moreItems, long moreBytes) {
        if (items + moreItems > maxItems || bytes + moreBytes > maxBytes) {
            return false;
        }
        items += moreItems;
        bytes += moreBytes;
        return true;
    }

    /** Gives the room of one answered item back. */
    synchronized void release(long itsBytes) {
        items--;
        bytes -= itsBytes;
        lastNanos = System.nanoTime();
    }

    /** Whether a request of this size could be admitted if nothing else were there. */
    synchronized boolean couldAdmit(long someItems, long someBytes) {
        return someItems <= maxItems && someBytes <= maxBytes;
    }

    /** For how long nothing has been here; negative while something is. */
    synchronized Duration idle() {
        return items > 0 ? Duration.ofNanos(-1) : Duration.ofNanos(System.nanoTime() - lastNanos);
    }

    synchronized long items() {
        return items;
    }
}
