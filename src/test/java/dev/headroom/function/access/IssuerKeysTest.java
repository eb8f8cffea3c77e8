package dev.headroom.function.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class IssuerKeysTest {

    private static final Duration LIFE = Duration.ofMinutes(5);

    private final AtomicLong now = new AtomicLong(-3);
    private final AtomicInteger fetches = new AtomicInteger();

    private IssuerKeys keys(IssuerKeys.Source source) {
        return new IssuerKeys(
                () -> {
                    fetches.incrementAndGet();
                    return source.fetch();
                },
                now::get);
    }

    private static IssuerKeys.Published published() {
        return new IssuerKeys.Published(List.of(), LIFE);
    }

    private void pass(Duration time) {
        now.addAndGet(time.toNanos());
    }

    @Test
    void keysAreFetchedAgainOnceTheirLifeIsOver() throws IOException {
        IssuerKeys keys = keys(IssuerKeysTest::published);
        IssuerKeys.Held first = keys.now();
        pass(LIFE.minusNanos(1));
        assertSame(first, keys.now());
        pass(Duration.ofNanos(1));
        assertNotSame(first, keys.now());
        assertEquals(2, fetches.get());
    }

    @Test
    void thePauseBeginsWhenTheAttemptEnds() {
        IssuerKeys keys = keys(() -> {
            pass(Duration.ofSeconds(10));
            throw new IOException("no answer");
        });
        assertThrows(IOException.class, keys::now);
        pass(IssuerKeys.PAUSE.minusNanos(1));
        assertThrows(IOException.class, keys::now);
        assertEquals(1, fetches.get());
        pass(Duration.ofNanos(1));
        assertThrows(IOException.class, keys::now);
        assertEquals(2, fetches.get());
    }

    @Test
    void whatGoesWrongUnforeseenEndsTheAttemptToo() {
        IssuerKeys keys = keys(() -> {
            throw new IllegalStateException("unforeseen");
        });
        for (int attempt = 1; attempt <= 2; attempt++) {
            IOException failure = assertThrows(IOException.class, keys::now);
            assertInstanceOf(IllegalStateException.class, failure.getCause());
            assertEquals(attempt, fetches.get());
            pass(IssuerKeys.PAUSE);
        }
    }

    @Test
    void whoHasSeenOlderKeysGetsTheNewOnesWithoutAFetch() throws IOException {
        IssuerKeys keys = keys(IssuerKeysTest::published);
        IssuerKeys.Held first = keys.now();
        pass(IssuerKeys.PAUSE);
        IssuerKeys.Held second = keys.after(first);
        assertNotSame(first, second);
        assertSame(second, keys.after(first));
        assertSame(second, keys.after(second));
        assertEquals(2, fetches.get());
    }

    /** One more waits than may: it is the one that is refused, and until then the issuer does not answer. */
    @Test
    void onlySoManyMayWait() throws Exception {
        CountDownLatch latch = new CountDownLatch(1);
        IssuerKeys keys = keys(() -> {
            try {
                latch.await();
                return published();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        });
        int callers = IssuerKeys.MOST_WAITING + 1;
        BlockingQueue<String> outcomes = new LinkedBlockingQueue<>();
        for (int caller = 0; caller < callers; caller++) {
            Thread.startVirtualThread(() -> {
                try {
                    keys.now();
                    outcomes.add("served");
                } catch (IOException e) {
                    outcomes.add("refused");
                }
            });
        }
        assertEquals("refused", outcomes.take());
        latch.countDown();
        for (int caller = 1; caller < callers; caller++) {
            assertEquals("served", outcomes.take());
        }
        assertEquals(1, fetches.get());
    }
}
