package dev.headroom.function.access;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Bounds the heap that incomplete headers take on all connections together. A field of four bytes becomes an object of about
 * eighty. A header that arrives in one piece, as almost all do, takes none. The connection's event loop calls.
 */
final class HeaderMemory {

    /** Bytes of heap for each byte of a header. */
    private static final int GROWTH = 24;

    private static final long MOST = Runtime.getRuntime().maxMemory() / 8;
    private static final AtomicLong TAKEN = new AtomicLong();

    private long bytes;

    /** Takes memory for so many more bytes of an incomplete header. False if there is no room for them. */
    boolean take(int more) {
        bytes += (long) GROWTH * more;
        return TAKEN.addAndGet((long) GROWTH * more) <= MOST;
    }

    /** Gives the memory back: the header is complete, or its connection closed. */
    void release() {
        TAKEN.addAndGet(-bytes);
        bytes = 0;
    }
}
