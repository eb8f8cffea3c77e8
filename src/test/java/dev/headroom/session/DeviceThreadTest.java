package dev.headroom.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.model.file.BrokenModelException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
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

    @Test
    void whatItIsGivenWhileItEndsIsRefusedAndDoesNotWaitForEver() throws InterruptedException {
        DeviceThread device = new DeviceThread("test");
        CountDownLatch busy = new CountDownLatch(1);
        CompletableFuture<Void> before = CompletableFuture.runAsync(() -> await(busy), device);
        List<String> ran = new CopyOnWriteArrayList<>();
        Thread.currentThread().interrupt(); // it does not wait for the end
        device.close(() -> ran.add("last"));
        assertTrue(Thread.interrupted());

        assertTrue(device.alive());
        assertThrows(RejectedExecutionException.class, () -> device.execute(() -> ran.add("late")));
        assertThrows(RejectedExecutionException.class, () -> device.call(() -> 7));

        busy.countDown();
        device.close(() -> ran.add("closed twice"));
        assertTrue(before.isDone());
        assertFalse(device.alive());
        assertEquals(List.of("last"), ran);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
