package dev.headroom.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class DeviceThreadTest {

    @Test
    void everyTaskRunsOnTheOneThread() {
        try (DeviceThread device = new DeviceThread("test")) {
            Thread first = device.call(Thread::currentThread);
            assertEquals(first, device.call(Thread::currentThread));
            assertEquals("headroom-device-test", first.getName());
            assertFalse(first.isVirtual());
        }
    }

    @Test
    void whatACalledTaskThrowsIsThrownToItsCaller() {
        try (DeviceThread device = new DeviceThread("test")) {
            assertThrows(
                    BrokenModelException.class,
                    () -> device.call(() -> {
                        throw new BrokenModelException("broken");
                    }));
        }
    }

    @Test
    void survivesWhateverATaskThrows() {
        try (DeviceThread device = new DeviceThread("test")) {
            device.execute(() -> {
                throw new StackOverflowError("the test's");
            });
            assertEquals(7, device.call(() -> 7));
        }
    }

    @Test
    void takesNothingOnceItsThreadHasEnded() throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        DeviceThread device = new DeviceThread(loop -> {
            threads.add(new Thread(() -> {}));
            return threads.getFirst();
        });
        threads.getFirst().join();
        assertFalse(device.alive());
        assertThrows(RejectedExecutionException.class, () -> device.execute(() -> {}));
        assertThrows(RejectedExecutionException.class, () -> device.call(() -> 7));
    }

    @Test
    void finishesWhatItWasGivenBeforeItEnds() {
        DeviceThread device = new DeviceThread("test");
        CompletableFuture<Boolean> ran = new CompletableFuture<>();
        device.execute(() -> ran.complete(true));
        device.close();
        assertTrue(ran.getNow(false));
    }
}
