package dev.headroom.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.request.Failure;
import dev.headroom.request.Item;
import dev.headroom.request.Outcome;
import dev.headroom.request.Priority;
import dev.headroom.request.RequestFailedException;
import dev.headroom.request.Urgency;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class EntranceTest {

    private final AtomicInteger wanted = new AtomicInteger();
    private Optional<Duration> opening = Optional.empty();
    private final Entrance entrance = new Entrance("m", new Entrance.Host() {
        @Override
        public void wanted() {
            wanted.incrementAndGet();
        }

        @Override
        public Optional<Duration> opening() {
            return opening;
        }

        @Override
        public long mostItems() {
            return 2;
        }
    });

    private static Item<String> item(Optional<Duration> deadline) {
        return new Item<>("i", 1, new Urgency(Priority.INTERACTIVE, deadline), (row, outputs) -> "answer");
    }

    private static Item<String> item() {
        return item(Optional.empty());
    }

    /** Enters, and completes once the item's work begins. */
    private CompletableFuture<Void> enter(Item<String> item) {
        CompletableFuture<Void> begun = new CompletableFuture<>();
        entrance.enter(List.of(item), () -> () -> begun.complete(null));
        return begun;
    }

    private static Failure failure(Item<String> item) {
        return assertInstanceOf(Outcome.Failed.class, item.outcome().join()).failure();
    }

    @Test
    void requestsWaitUntilTheModelIsOpenAndAgainOnceItIsClosed() {
        CompletableFuture<Void> first = enter(item());
        assertFalse(first.isDone());
        assertEquals(1, wanted.get());
        assertTrue(entrance.oldestNanos().isPresent());
        entrance.open();
        first.join();
        assertTrue(enter(item()).isDone(), "at once");
        assertTrue(entrance.oldestNanos().isEmpty());
        entrance.close();
        assertFalse(enter(item()).isDone());
    }

    @Test
    void closingWaitsForAdmissionsThatHaveBegun() throws InterruptedException {
        entrance.open();
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        Thread caller = Thread.startVirtualThread(() -> entrance.enter(List.of(item()), () -> {
            inside.countDown();
            await(goOn);
            return () -> {};
        }));
        inside.await();
        Thread closer = Thread.startVirtualThread(entrance::close);
        assertFalse(closer.join(Duration.ofMillis(20)));
        goOn.countDown();
        closer.join();
        caller.join();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aCallerThatCannotWaitIsToldHowLongTheOpeningTakes() {
        opening = Optional.of(Duration.ofSeconds(3));
        Item<String> late = item(Optional.of(Duration.ofSeconds(1)));
        enter(late);
        assertEquals(opening, failure(late).retryAfter());
        assertTrue(entrance.oldestNanos().isPresent(), "the model is opened all the same");

        Item<String> patient = item(Optional.of(Duration.ofSeconds(30)));
        enter(patient);
        assertFalse(patient.isOver());
    }

    @Test
    void aDeadlineEndsTheWait() {
        Item<String> item = item(Optional.of(Duration.ofMillis(20)));
        enter(item);
        assertInstanceOf(Failure.DeadlineExceeded.class, failure(item));
        assertTrue(entrance.oldestNanos().isEmpty(), "nobody waits any more");
    }

    @Test
    void noMoreWaitThanFitThePlansQueueAndThoseThatLeftDoNotCount() {
        Item<String> left = item();
        enter(left);
        enter(item());
        Item<String> third = item();
        enter(third);
        assertInstanceOf(Failure.Overloaded.class, failure(third));
        left.fail(new Failure.Abandoned("The caller hung up."));
        Item<String> fourth = item();
        enter(fourth);
        assertFalse(fourth.isOver());
    }

    @Test
    void whatIsRefusedOnceItIsOpenFailsItsItemsOrItsCaller() {
        Failure full = new Failure.Overloaded("full", Duration.ofSeconds(1));
        Item<String> waiting = item();
        entrance.enter(List.of(waiting), () -> {
            throw new RequestFailedException(full);
        });
        entrance.open();
        assertEquals(full, failure(waiting));
        assertThrows(
                RequestFailedException.class,
                () -> entrance.enter(List.of(item()), () -> {
                    throw new RequestFailedException(full);
                }));
    }

    @Test
    void whatCannotBeOpenedFailsAllThatWaitUntilItMayBeTriedAgain() {
        Failure broken = new Failure.Unavailable("broken", Duration.ofSeconds(10));
        Item<String> waiting = item();
        enter(waiting);
        entrance.refuse(broken);
        assertEquals(broken, failure(waiting));
        Item<String> next = item();
        enter(next);
        assertEquals(broken, failure(next));
        entrance.accept();
        Item<String> again = item();
        enter(again);
        assertFalse(again.isOver());
        entrance.end(broken);
        entrance.open();
        assertEquals(broken, failure(again), "the end is for good");
    }
}
