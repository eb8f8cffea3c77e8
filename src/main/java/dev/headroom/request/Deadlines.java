package dev.headroom.request;

import io.netty.util.HashedWheelTimer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The timer of all items' deadlines. A wheel adds and removes thousands a second without waking a thread, while the
 * JDK's timer wakes one for each.
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
            Thread::startVirtualThread); // handling a late item may take a while

    private Deadlines() {}

    private static Thread thread(Runnable wheel) {
        Thread thread = Thread.ofPlatform().daemon().name("headroom-deadlines").unstarted(wheel);
        THREAD.set(thread);
        return thread;
    }

    /** True if deadlines are kept: an exhausted heap may have ended the timer's thread. */
    public static boolean alive() {
        Thread thread = THREAD.get();
        return thread == null || thread.isAlive() || thread.getState() == Thread.State.NEW;
    }

    /**
     * Runs a task on a thread of its own after this time, up to a tick later.
     *
     * @return cancels it
     */
    public static Runnable after(Duration time, Runnable task) {
        return WHEEL.newTimeout(timeout -> task.run(), time.toNanos(), TimeUnit.NANOSECONDS)::cancel;
    }
}
