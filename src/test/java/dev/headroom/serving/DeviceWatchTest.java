package dev.headroom.serving;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.headroom.device.DeviceMemory;
import dev.headroom.gate.Gate;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import org.junit.jupiter.api.Test;

/** A run may take four looks. */
class DeviceWatchTest {

    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final Gate gate = new Gate(tasks::add, DeviceMemory.UNKNOWN);
    private Optional<String> defect = Optional.empty();
    private final DeviceWatch watch = new DeviceWatch(gate, () -> defect, () -> DeviceWatch.PERIOD.multipliedBy(4));

    private void look(int times) {
        for (int look = 0; look < times; look++) {
            watch.run();
        }
    }

    /** A caller that waits for the device's thread, which is this one. */
    private void whileATaskRuns(Runnable task) throws InterruptedException {
        Thread caller = Thread.startVirtualThread(() -> {
            try {
                gate.call(() -> {
                    task.run();
                    return 0;
                });
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        while (tasks.isEmpty()) {
            Thread.onSpinWait();
        }
        tasks.remove().run();
        caller.join();
    }

    @Test
    void anIdleDeviceIsNotLost() {
        look(100);
        assertEquals(Optional.empty(), gate.lost());
    }

    @Test
    void aThreadThatHasEndedIs() {
        look(1);
        defect = Optional.of("its thread has ended");
        look(1);
        assertEquals(defect, gate.lost());
    }

    @Test
    void aRunThatDoesNotEndIs() throws InterruptedException {
        whileATaskRuns(() -> {
            look(5);
            assertEquals(Optional.empty(), gate.lost());
            look(1);
        });
        assertEquals(Optional.of("a run has not ended for 1 s"), gate.lost());
    }

    @Test
    void manyRunsAreNotOne() throws InterruptedException {
        for (int run = 0; run < 5; run++) {
            whileATaskRuns(() -> look(4));
        }
        assertEquals(Optional.empty(), gate.lost());
    }
}
