package dev.headroom.function;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.model.PortNames;
import dev.headroom.model.TaskSpec;
import dev.headroom.request.Failure;
import dev.headroom.request.Priority;
import dev.headroom.request.RequestFailedException;
import dev.headroom.request.Urgency;
import dev.headroom.task.Entrance;
import dev.headroom.task.Pipeline;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Answers that wait for a model that was never open. */
class PendingAnswerTest {

    private final AtomicInteger wanted = new AtomicInteger();
    private final AtomicInteger begun = new AtomicInteger();
    private final Entrance entrance = new Entrance("m", new Entrance.Host() {
        @Override
        public void wanted() {
            wanted.incrementAndGet();
        }

        @Override
        public Optional<Duration> opening() {
            return Optional.empty();
        }

        @Override
        public long mostItems() {
            return 100;
        }
    });
    private final Pipeline model =
            new Pipeline("m", new TaskSpec.Tensors(1, new PortNames(List.of(), Optional.empty())), entrance);

    private PendingAnswer<String> ask(Optional<Duration> deadline, Runnable abandonment) {
        return PendingAnswer.knowing(model, new Urgency(Priority.INTERACTIVE, deadline), left -> {
            begun.incrementAndGet();
            return new PendingAnswer<>(
                    abandonment, CompletableFuture.completedFuture("after"), made -> Optional.empty());
        });
    }

    private static Failure failure(PendingAnswer<String> pending) {
        CompletionException e = assertThrows(CompletionException.class, pending.answer()::join);
        assertTrue(pending.slowest().apply(null).isEmpty());
        return assertInstanceOf(RequestFailedException.class, e.getCause()).failure();
    }

    @Test
    void itBeginsOnceTheModelIsOpen() {
        PendingAnswer<String> pending = ask(Optional.empty(), () -> {});
        assertEquals(1, wanted.get());
        assertEquals(0, begun.get());
        entrance.open();
        assertEquals("after", pending.answer().join());
    }

    @Test
    void itFailsAtItsDeadlineOrWithTheOpening() {
        assertInstanceOf(Failure.DeadlineExceeded.class, failure(ask(Optional.of(Duration.ofMillis(20)), () -> {})));
        PendingAnswer<String> pending = ask(Optional.empty(), () -> {});
        Failure broken = new Failure.Unavailable("broken", Duration.ofSeconds(10));
        entrance.refuse(broken);
        assertEquals(broken, failure(pending));
        assertEquals(0, begun.get());
    }

    @Test
    void aCallerThatHangsUpIsWaitedForNoLonger() {
        PendingAnswer<String> pending = ask(Optional.empty(), () -> {});
        pending.abandonment().run();
        assertInstanceOf(Failure.Abandoned.class, failure(pending));
        assertTrue(entrance.oldestNanos().isEmpty());
    }

    @Test
    void itIsAbandonedAsWhatHasBegun() {
        AtomicInteger abandoned = new AtomicInteger();
        PendingAnswer<String> pending = ask(Optional.empty(), abandoned::incrementAndGet);
        entrance.open();
        pending.answer().join();
        pending.abandonment().run();
        assertEquals(1, abandoned.get());
    }

    @Test
    void whatIsLeftOfADeadlineIsAtLeastAMillisecond() {
        Urgency urgency = new Urgency(Priority.BULK, Optional.of(Duration.ofSeconds(2)));
        assertEquals(
                Optional.of(Duration.ofMillis(500)),
                urgency.after(Duration.ofMillis(1500)).deadline());
        assertEquals(
                Optional.of(Duration.ofMillis(1)),
                urgency.after(Duration.ofSeconds(3)).deadline());
        assertEquals(
                List.of(Optional.empty()),
                List.of(Urgency.INTERACTIVE.after(Duration.ofSeconds(1)).deadline()));
    }
}
