package dev.headroom.batch;

/** What has been admitted and not yet answered, bounded in items and in bytes. */
final class Admission {

    private final long maxItems;
    private final long maxBytes;
    private long items;
    private long bytes;

    Admission(long maxItems, long maxBytes) {
        this.maxItems = maxItems;
        this.maxBytes = maxBytes;
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
    }

    /** Whether a request of this size could be admitted if nothing else were there. */
    boolean couldAdmit(long someItems, long someBytes) {
        return someItems <= maxItems && someBytes <= maxBytes;
    }

    synchronized long items() {
        return items;
    }
}
