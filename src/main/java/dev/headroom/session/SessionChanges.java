package dev.headroom.session;

import java.util.concurrent.atomic.AtomicLong;

/** How often sessions of this process were opened or closed, which changes the memory that their device has. Any thread may call. */
final class SessionChanges {

    private static final AtomicLong COUNT = new AtomicLong();

    private SessionChanges() {}

    /** A session is opened, or closed. */
    static void happen() {
        COUNT.incrementAndGet();
    }

    /** How often that has happened. */
    static long count() {
        return COUNT.get();
    }
}
