package dev.headroom.calibration;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class IdleDetectorTest {

    private static final Duration WAITING = Duration.ofNanos(-1);
    private static final Duration NEVER_CALLED = Duration.ofDays(1);

    @Test
    void theFirstCallerEndsTheWaitThoughNoLullFollows() throws InterruptedException {
        Iterator<Duration> idle = List.of(NEVER_CALLED, NEVER_CALLED, WAITING).iterator();
        assertTrue(new IdleDetector(idle::next).awaitCaller());
        assertFalse(idle.hasNext());
    }

    @Test
    void withoutACallerTheWaitIsOverAfterALull() throws InterruptedException {
        assertFalse(new IdleDetector(() -> NEVER_CALLED).awaitCaller());
    }
}
