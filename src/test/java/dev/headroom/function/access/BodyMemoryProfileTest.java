package dev.headroom.function.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.RestAssured;
import jakarta.inject.Inject;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

@QuarkusTest
@TestProfile(BodyMemoryProfileTest.WithLittleMemory.class)
class BodyMemoryProfileTest {

    private static final String HEAD =
            "POST /infer HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: LENGTH\r\n\r\n";

    @Inject
    BodyMemory memory;

    public static final class WithLittleMemory implements QuarkusTestProfile {

        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("headroom.input.body-memory", "150000");
        }
    }

    private static String head(int length) {
        return HEAD.replace("LENGTH", Integer.toString(length));
    }

    private void awaitTaken(long bytes) {
        assertTimeoutPreemptively(Duration.ofSeconds(20), () -> {
            while (memory.taken() != bytes) {
                Thread.onSpinWait();
            }
        });
    }

    /** The head of the answer to a whole request of so many bytes. */
    private static String answer(int length) throws IOException {
        try (RawHttp connection = new RawHttp(RestAssured.port)) {
            String text = "{\"inputs\":\"";
            return connection
                    .send(head(length) + text + "a".repeat(length - text.length() - 2) + "\"}")
                    .readHead();
        }
    }

    @Test
    void bodiesThatAreOnTheirWayLeaveRoomForSoManyMore() throws IOException {
        try (RawHttp held = new RawHttp(RestAssured.port)) {
            held.send(head(100_000) + "{");
            awaitTaken(100_000);
            try (RawHttp other = new RawHttp(RestAssured.port)) {
                String refused = other.send(head(100_000)).readHead();
                assertTrue(refused.startsWith("HTTP/1.1 429 "), refused);
                assertTrue(refused.toLowerCase().contains("retry-after: 1\r\n"), refused);
                assertTrue(other.readBody(refused).contains("headroom.input.body-memory"));
            }
            assertTrue(answer(60_000).startsWith("HTTP/1.1 200 "), "a small one");
            assertEquals(100_000, memory.taken());
        }
        awaitTaken(0);
        String later = answer(100_000);
        assertTrue(later.startsWith("HTTP/1.1 200 "), later);
        awaitTaken(0);
    }

    @Test
    void aBodyForWhichThereIsNeverRoomIsTooLarge() throws IOException {
        try (RawHttp connection = new RawHttp(RestAssured.port)) {
            String refused = connection.send(head(150_001)).readHead();
            assertTrue(refused.startsWith("HTTP/1.1 413 "), refused);
            assertTrue(connection.readBody(refused).contains("headroom.input.body-memory"));
        }
    }
}
