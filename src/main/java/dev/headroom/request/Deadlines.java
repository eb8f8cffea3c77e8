package dev.headroom.request;

import io.netty.util.HashedWheelTimer;
import io.netty.util.Timeout;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * What happens to items that are not answered in time. One timer for all: a wheel takes and forgets thousands a second
 * without waking a thread, where the JDK's wakes one for each.
 */
public final class Deadlines {

    private static final Duration TICK = Duration.ofMillis(10);

    private static final int SLOTS = 512;

    private static final AtomicReference<Thread> THREAD = new AtomicReference<>();

    private static final HashedWheelTimer WHEEL = new HashedWheelTimer(
            Deadlines::thread,
            TICK.toMillis(),
            TimeUnit.MILLISECONDS,
            SLOTS,
            false,
            -1,
            Thread::startVirtualThread); // what follows from a late item may take its time

    private Deadlines() {}

    private static Thread thread(Runnable wheel) {
        Thread thread = Thread.ofPlatform().daemon().name("headroom-deadlines").unstarted(wheel);
        THREAD.set(thread);
        return thread;
    }

    /** Whether deadlines are kept: an exhausted heap may have ended the thread that does. */
    public static boolean alive() {
        Thread thread = THREAD.get();
        return thread == null || thread.isAlive() || thread.getState() == Thread.State.NEW;
    }

    /** Runs a task on a thread of its own once this time has passed, up to a tick later, unless it is cancelled. */
    static Timeout after(Duration time, Runnable task) {
        return WHEEL.newTimeout(timeout -> task.run(), time.toNanos(), TimeUnit.NANOSECONDS);
    }
}
