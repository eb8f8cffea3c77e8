package dev.headroom.function.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.request.Failure;
import dev.headroom.request.RequestFailedException;
import dev.headroom.settings.Configs;
import dev.headroom.settings.HeadroomConfig;
import io.smallrye.config.SmallRyeConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TokenIssuerTest {

    private final TestIssuer server = new TestIssuer();
    private String url;

    @BeforeEach
    void start() {
        url = server.start().get("headroom.auth.issuer");
    }

    @AfterEach
    void stop() {
        server.stop();
    }

    private final AtomicLong now = new AtomicLong(-7);

    private TokenIssuer at(String issuer) {
        SmallRyeConfig config = Configs.raw("headroom.auth.issuer", issuer, "headroom.auth.audience", "one,two");
        return new TokenIssuer(config.getConfigMapping(HeadroomConfig.class), now::get);
    }

    private void assertUnavailable(TokenIssuer issuer, String token) {
        assertInstanceOf(
                Failure.Unavailable.class,
                assertThrows(RequestFailedException.class, () -> issuer.accepts(token))
                        .failure());
    }

    @Test
    void anyOfTheAudiencesWillDo() {
        TokenIssuer issuer = at(url);
        assertTrue(issuer.accepts(server.token("one", 60)));
        assertTrue(issuer.accepts(server.token("two", 60)));
        assertFalse(issuer.accepts(server.token("three", 60)));
    }

    @Test
    void onlyTheAddressThatTheIssuerNamesItselfByIsTrusted() {
        assertUnavailable(at(url + "/"), server.token("one", 60));
    }

    @Test
    void anIssuerThatCannotBeAskedRefusesNobodyForGood() throws IOException {
        String nobody;
        try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobody = "http://127.0.0.1:" + closed.getLocalPort();
        }
        TokenIssuer issuer = at(nobody);
        for (int time = 0; time < 2; time++) {
            assertUnavailable(issuer, server.token("one", 60));
        }
    }

    @Test
    void whatIsNoTokenIsRefusedWithoutTheIssuer() {
        assertFalse(at(url).accepts("a.b.c"));
        assertEquals(0, server.asked());
    }

    /** Its answers are held until all have asked, as far as they come before it is over at all. */
    @Test
    void twentyCallersOfADeadIssuerShareOneAttempt() throws Exception {
        CountDownLatch latch = new CountDownLatch(1);
        server.hold(latch);
        server.fail(true);
        TokenIssuer issuer = at(url);
        String token = server.token("one", 60);
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> asked = new ArrayList<>();
            for (int caller = 0; caller < 20; caller++) {
                asked.add(callers.submit(() -> assertUnavailable(issuer, token)));
            }
            latch.countDown();
            for (Future<?> one : asked) {
                one.get();
            }
        }
        assertEquals(1, server.asked());
    }

    @Test
    void afterAFailureNobodyAsksUntilThePauseIsOver() {
        server.fail(true);
        TokenIssuer issuer = at(url);
        String token = server.token("one", 60);
        assertUnavailable(issuer, token);
        server.fail(false);
        now.addAndGet(IssuerKeys.PAUSE.toNanos() - 1);
        assertUnavailable(issuer, token);
        assertEquals(1, server.asked());
        now.addAndGet(1);
        assertTrue(issuer.accepts(token));
        assertEquals(2, server.asked());
    }

    @Test
    void unknownKeysAreAskedForOnceInAWhile() {
        TokenIssuer issuer = at(url);
        assertTrue(issuer.accepts(server.token("one", 60)));
        for (int time = 0; time < 3; time++) {
            assertFalse(issuer.accepts(server.tokenOfKey("unknown", false, "one")));
        }
        assertEquals(1, server.asked());
        now.addAndGet(IssuerKeys.PAUSE.toNanos());
        for (int time = 0; time < 3; time++) {
            assertFalse(issuer.accepts(server.tokenOfKey("unknown", false, "one")));
        }
        assertEquals(2, server.asked());
    }

    @Test
    void aKeyThatIsPublishedLaterLetsIn() {
        TokenIssuer issuer = at(url);
        assertTrue(issuer.accepts(server.token("one", 60)));
        String later = server.tokenOfKey("2", true, "one");
        now.addAndGet(IssuerKeys.PAUSE.toNanos());
        assertTrue(issuer.accepts(later));
        assertTrue(issuer.accepts(server.token("one", 60)));
    }

    @Test
    void anUnknownKeyIsNotRefusedForGoodWhileTheIssuerIsDead() {
        TokenIssuer issuer = at(url);
        assertTrue(issuer.accepts(server.token("one", 60)));
        server.fail(true);
        now.addAndGet(IssuerKeys.PAUSE.toNanos());
        for (int time = 0; time < 2; time++) {
            assertUnavailable(issuer, server.tokenOfKey("2", true, "one"));
            assertTrue(issuer.accepts(server.token("one", 60)));
        }
        assertEquals(2, server.asked());
    }
}
