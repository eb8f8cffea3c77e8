package dev.headroom.batch;

import io.netty.util.HashedWheelTimer;
import io.netty.util.Timeout;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * What happens to items that are not answered in time. One timer for all: a wheel takes and forgets thousands a second
 * without waking a thread, where the JDK's wakes one for each.
 */
final class Deadlines {

    private static final Duration TICK = Duration.ofMillis(10);

    private static final HashedWheelTimer WHEEL = new HashedWheelTimer(
            Thread.ofPlatform().daemon().name("headroom-deadlines").factory(), TICK.toMillis(), TimeUnit.MILLISECONDS);

    private Deadlines() {}

    /** Runs a task, which takes no time, once this has passed, up to a tick later, unless it is cancelled. */
    static Timeout after(Duration time, Runnable task) {
        return WHEEL.newTimeout(timeout -> task.run(), time.toNanos(), TimeUnit.NANOSECONDS);
    }
}
