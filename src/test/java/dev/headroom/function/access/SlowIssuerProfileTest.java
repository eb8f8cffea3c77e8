package dev.headroom.function.access;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.RestAssured;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@QuarkusTest
@TestProfile(SlowIssuerProfileTest.WithIssuer.class)
class SlowIssuerProfileTest {

    private static final String AUDIENCE = "https://headroom.test";
    private static final String LINE = "POST /infer HTTP/1.1\r\nHost: a\r\n";
    private static final String BODY = "{\"inputs\":\"a\"}";

    TestIssuer issuer;

    public static final class WithIssuer implements QuarkusTestProfile {

        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("headroom.auth.audience", AUDIENCE, "headroom.input.read-timeout", "200ms");
        }

        @Override
        public List<TestResourceEntry> testResources() {
            return List.of(new TestResourceEntry(TestIssuer.class));
        }
    }

    private String head() {
        return LINE + "Content-Type: application/json\r\nContent-Length: 14\r\nAuthorization: Bearer "
                + issuer.token(AUDIENCE, 60) + "\r\n\r\n";
    }

    /** As long as it takes to cut a head that does not end: longer than the time for a body. */
    private static void passTheTimeout() throws IOException {
        for (int time = 0; time < 2; time++) {
            String cut = RawHttp.exchange(RestAssured.port, LINE);
            assertTrue(cut.startsWith("HTTP/1.1 408 "), cut);
        }
    }

    private static String answer(RawHttp connection) throws IOException {
        String head = connection.readHead();
        return head + connection.readBody(head);
    }

    @Test
    @Timeout(60)
    void theClockOfABodyStandsWhileTheIssuerIsWaitedFor() throws IOException {
        String head = head(); // signed before a connection has to say something
        CountDownLatch latch = new CountDownLatch(1);
        issuer.hold(latch);
        issuer.fail(true);
        List<RawHttp> callers = new ArrayList<>();
        try {
            for (int caller = 0; caller < 20; caller++) {
                callers.add(new RawHttp(RestAssured.port).send(head + BODY));
            }
            passTheTimeout();
            latch.countDown();
            for (RawHttp caller : callers) {
                String answer = answer(caller);
                assertTrue(answer.startsWith("HTTP/1.1 503 "), answer);
                assertTrue(answer.contains("Retry-After: 2\r\n"), answer);
            }
            issuer.fail(false);
            String answer;
            do { // until the pause is over
                answer = answer(callers.getFirst().send(head + BODY));
            } while (answer.startsWith("HTTP/1.1 503 "));
            assertTrue(answer.startsWith("HTTP/1.1 200 "), answer);
            String late = callers.getFirst().send(head + "{").readAll();
            assertTrue(late.startsWith("HTTP/1.1 408 "), late);
        } finally {
            latch.countDown();
            for (RawHttp caller : callers) {
                caller.close();
            }
        }
    }
}
