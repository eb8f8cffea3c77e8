package dev.headroom.serving;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.plan.Planner;
import dev.headroom.plan.ServingDevice;
import dev.headroom.settings.Configs;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The plan follows what other processes hold of a GPU, where that has changed by a tenth of it. */
class CurrentDeviceTest {

    private static final long GIB = 1L << 30;

    private final AtomicInteger plans = new AtomicInteger();

    private static CurrentDevice device(boolean gpu) {
        ServingDevice card = new ServingDevice(gpu, "a card", "8.9", 24 * GIB, 22 * GIB, "");
        return new CurrentDevice(new Planner(card, new Planner.Host(2, GIB), Configs.of()));
    }

    private boolean replan() {
        plans.incrementAndGet();
        return true;
    }

    private static long available(CurrentDevice device) {
        return device.planner().availableBytes(1);
    }

    @Test
    void plansWithLessOnceOthersHoldATenthMore() {
        CurrentDevice device = device(true);
        long before = available(device);
        assertFalse(device.follow(2 * GIB, 1, this::replan));
        assertTrue(device.follow(3 * GIB, 1, this::replan));
        assertEquals(before - 3 * GIB, available(device));
        assertEquals(1, plans.get());
    }

    @Test
    void plansWithMoreOnceTheyGiveItBackAndNeverWithMoreThanAtTheStart() {
        CurrentDevice device = device(true);
        long before = available(device);
        device.follow(8 * GIB, 1, this::replan);
        assertFalse(device.follow(7 * GIB, 1, this::replan));
        assertTrue(device.follow(-3 * GIB, 1, this::replan));
        assertEquals(before, available(device));
    }

    @Test
    void staysAsItIsWhereThereWouldBeNoPlan() {
        CurrentDevice device = device(true);
        long before = available(device);
        assertFalse(device.follow(20 * GIB, 1, () -> false));
        assertEquals(before, available(device));
    }

    @Test
    void aCpuFollowsNobody() {
        assertFalse(device(false).follow(20 * GIB, 1, this::replan));
        assertEquals(0, plans.get());
    }
}
