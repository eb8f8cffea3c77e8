package dev.headroom.function.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.function.event.DuplicateWindow.Share;
import dev.headroom.function.event.DuplicateWindow.Work;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class DuplicateWindowTest {

    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final List<CompletableFuture<String>> runs = new ArrayList<>();
    private final AtomicInteger abandoned = new AtomicInteger();
    private long now = Long.MAX_VALUE - 5; // a monotonic clock may begin anywhere
    private DuplicateWindow<String> window = window(MINUTE);

    private DuplicateWindow<String> window(Duration kept) {
        return new DuplicateWindow<>(kept, 10, String::length, () -> now);
    }

    private Share<String> join(String key) {
        return window.join(key, () -> {
            runs.add(new CompletableFuture<>());
            return new Work<>(runs.getLast(), abandoned::incrementAndGet);
        });
    }

    private void run(String key, String result) {
        Share<String> share = join(key);
        runs.getLast().complete(result);
        assertFalse(share.duplicate(), key);
        assertEquals(result, share.result().join());
    }

    @Test
    void whatComesAgainGetsTheResultOfTheFirst() {
        run("a", "one");
        Share<String> again = join("a");
        assertTrue(again.duplicate());
        assertEquals("one", again.result().join());
        assertEquals(1, runs.size());
    }

    @Test
    void whatComesWhileTheFirstRunsWaitsForIt() {
        Share<String> first = join("a");
        Share<String> second = join("a");
        assertTrue(second.duplicate());
        assertFalse(second.result().isDone());
        runs.getFirst().complete("one");
        assertEquals("one", first.result().join());
        assertEquals("one", second.result().join());
        assertEquals(1, runs.size());
    }

    @Test
    void othersRunForThemselves() {
        run("a", "one");
        run("b", "two");
        assertEquals("one", join("a").result().join());
        assertEquals("two", join("b").result().join());
    }

    @Test
    void aFailureIsSharedAndNotKept() {
        Share<String> first = join("a");
        Share<String> second = join("a");
        runs.getFirst().completeExceptionally(new IllegalStateException("full"));
        assertThrows(CompletionException.class, first.result()::join);
        assertThrows(CompletionException.class, second.result()::join);
        run("a", "now");
    }

    @Test
    void aRunThatCannotStartFailsAndIsNotKept() {
        Share<String> share = window.join("a", () -> {
            throw new IllegalStateException("not admitted");
        });
        CompletionException e = assertThrows(CompletionException.class, share.result()::join);
        assertEquals("not admitted", e.getCause().getMessage());
        run("a", "now");
    }

    @Test
    void theRunGoesOnForTheDuplicateWhenTheFirstHangsUp() {
        Share<String> first = join("a");
        Share<String> second = join("a");
        first.leave().run();
        first.leave().run();
        assertEquals(0, abandoned.get());
        runs.getFirst().complete("one");
        assertEquals("one", second.result().join());
    }

    @Test
    void whatNobodyWaitsForIsAbandonedAndRunsAnewForTheNext() {
        Share<String> first = join("a");
        Share<String> second = join("a");
        second.leave().run();
        first.leave().run();
        assertEquals(1, abandoned.get());
        Share<String> third = join("a");
        assertFalse(third.duplicate());
        runs.getFirst().completeExceptionally(new IllegalStateException("abandoned"));
        Share<String> fourth = join("a");
        assertTrue(fourth.duplicate(), "the end of the first run is not the end of the second");
        runs.get(1).complete("two");
        assertEquals("two", fourth.result().join());
    }

    @Test
    void whoLeavesWhileItIsStartedEndsItOnceItHasStarted() {
        List<Share<String>> inside = new ArrayList<>();
        Share<String> first = window.join("a", () -> {
            inside.add(join("b"));
            return new Work<>(new CompletableFuture<>(), abandoned::incrementAndGet);
        });
        first.leave().run();
        assertEquals(1, abandoned.get());
        inside.getFirst().leave().run();
        assertEquals(2, abandoned.get());
    }

    @Test
    void leavingWhatIsOverAbandonsNothing() {
        Share<String> share = join("a");
        runs.getFirst().complete("one");
        share.leave().run();
        assertEquals(0, abandoned.get());
        assertTrue(join("a").duplicate());
    }

    @Test
    void resultsAreForgottenAfterTheWindow() {
        run("a", "one");
        now += MINUTE.toNanos() - 1;
        assertTrue(join("a").duplicate());
        now += 1;
        run("a", "two");
    }

    @Test
    void theWindowBeginsWithTheEndOfTheRun() {
        Share<String> share = join("a");
        now += 2 * MINUTE.toNanos();
        runs.getFirst().complete("one");
        assertEquals("one", share.result().join());
        assertTrue(join("a").duplicate());
    }

    @Test
    void theOldestGoWhereTheMemoryIsFull() {
        run("a", "1234");
        run("b", "1234");
        run("c", "123");
        assertTrue(join("b").duplicate());
        assertTrue(join("c").duplicate());
        run("a", "12");
    }

    @Test
    void aResultLargerThanAllTheMemoryIsNotKeptAndTakesNothingAway() {
        run("a", "1");
        run("b", "12345678901");
        assertTrue(join("a").duplicate());
        run("b", "1");
    }

    @Test
    void withoutAWindowEachIsRun() {
        window = window(Duration.ZERO);
        Share<String> first = join("a");
        Share<String> second = join("a");
        assertFalse(second.duplicate());
        runs.getFirst().complete("one");
        runs.getLast().complete("two");
        assertNotEquals(first.result().join(), second.result().join());
        run("a", "three");
    }

    @Test
    void ofManyAtOnceOneRuns() throws Exception {
        int callers = 64;
        CountDownLatch go = new CountDownLatch(1);
        List<Future<Share<String>>> shares = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < callers; i++) {
                shares.add(threads.submit(() -> {
                    go.await();
                    return join("a");
                }));
            }
            go.countDown();
        }
        runs.getFirst().complete("one");
        int first = 0;
        for (Future<Share<String>> share : shares) {
            assertEquals("one", share.get().result().join());
            first += share.get().duplicate() ? 0 : 1;
        }
        assertEquals(1, first);
        assertEquals(1, runs.size());
    }
}
