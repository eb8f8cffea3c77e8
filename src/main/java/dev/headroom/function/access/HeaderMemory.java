package dev.headroom.function.access;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The heap that heads take which have not come whole, over all connections: a field of four bytes becomes an object of some eighty.
 * A head that comes in one piece, as almost all do, takes none. Its connection's event loop calls.
 */
final class HeaderMemory {

    /** Bytes for each byte of a head. */
    private static final int GROWTH = 24;

    private static final long MOST = Runtime.getRuntime().maxMemory() / 8;
    private static final AtomicLong TAKEN = new AtomicLong();

    private long bytes;

    /** So much has come of a head that has not come whole; whether there is room for it. */
    boolean take(int more) {
        bytes += (long) GROWTH * more;
        return TAKEN.addAndGet((long) GROWTH * more) <= MOST;
    }

    /** The head is whole, or its connection has been closed. */
    void release() {
        TAKEN.addAndGet(-bytes);
        bytes = 0;
    }
}
