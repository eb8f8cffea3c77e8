package dev.headroom.batch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LogRateTest {

    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5); // such a clock may overflow
    private final LogRate rate = new LogRate(now::get);

    @Test
    void letsFiveThroughAndThenOneEachTenSecondsWithACountOfTheOthers() {
        for (int line = 0; line < 5; line++) {
            assertEquals(OptionalInt.of(0), rate.permit());
        }
        for (int line = 0; line < 7; line++) {
            assertEquals(OptionalInt.empty(), rate.permit());
        }
        now.addAndGet(Duration.ofSeconds(10).toNanos());
        assertEquals(OptionalInt.of(7), rate.permit());
        assertEquals(OptionalInt.empty(), rate.permit());
        now.addAndGet(Duration.ofHours(1).toNanos());
        assertEquals(OptionalInt.of(1), rate.permit());
        assertEquals(OptionalInt.of(0), rate.permit());
    }

    @Test
    void soManyLinesAreWrittenInASecondAndTheNextTellsHowManyWereNot() {
        LogRate limit = new LogRate(2, Duration.ofMillis(500), now::get);
        assertEquals(OptionalInt.of(0), limit.permit());
        assertEquals(OptionalInt.of(0), limit.permit());
        assertEquals(OptionalInt.empty(), limit.permit());
        assertEquals(OptionalInt.empty(), limit.permit());
        now.addAndGet(Duration.ofSeconds(1).toNanos());
        assertEquals(OptionalInt.of(2), limit.permit());
        assertEquals(OptionalInt.of(0), limit.permit());
        assertEquals(OptionalInt.empty(), limit.permit());
    }

    /** The clock is read where a lane counts: while the first does, it waits until the second is there or held up. */
    @Test
    void severalLanesCountOneAfterTheOther() throws InterruptedException {
        AtomicReference<LogRate> rate = new AtomicReference<>();
        AtomicInteger counting = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        AtomicReference<Thread> second = new AtomicReference<>();
        LongSupplier clock = () -> {
            most.accumulateAndGet(counting.incrementAndGet(), Math::max);
            Thread other = second.get();
            while (other != null && Thread.currentThread() != other && most.get() == 1 && !heldUp(other)) {
                Thread.onSpinWait();
            }
            counting.decrementAndGet();
            return 0;
        };
        rate.set(new LogRate(clock));
        second.set(Thread.ofPlatform().unstarted(() -> rate.get().permit()));
        Thread first = Thread.ofPlatform().start(() -> rate.get().permit());
        while (counting.get() == 0) {
            Thread.onSpinWait();
        }
        second.get().start();
        first.join();
        second.get().join();
        assertEquals(1, most.get());
    }

    private static boolean heldUp(Thread thread) {
        return thread.getState() == Thread.State.BLOCKED || thread.getState() == Thread.State.WAITING;
    }
}
