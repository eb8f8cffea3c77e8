package dev.headroom.function.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.function.body.RequestMemory;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.RestAssured;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

@QuarkusTest
@TestProfile(BodyReaderProfileTest.WithLittleMemory.class)
class BodyReaderProfileTest {

    private static final long OVERHEAD = 8192;

    private static final String HEAD =
            "POST /infer HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: LENGTH\r\n\r\n";
    private static final String CHUNKED = HEAD.replace("Content-Length: LENGTH", "Transfer-Encoding: chunked");

    @Inject
    RequestMemory memory;

    public static final class WithLittleMemory implements QuarkusTestProfile {

        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("headroom.input.body-memory", "150000");
        }
    }

    private static String head(int length) {
        return HEAD.replace("LENGTH", Integer.toString(length));
    }

    private static String chunk(int length) {
        return Integer.toHexString(length) + "\r\n" + " ".repeat(length) + "\r\n";
    }

    private void awaitTaken(long bytes) {
        assertTimeoutPreemptively(Duration.ofSeconds(60), () -> {
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
            awaitTaken(OVERHEAD + 100_000);
            try (RawHttp other = new RawHttp(RestAssured.port)) {
                String refused = other.send(head(100_000)).readHead();
                assertTrue(refused.startsWith("HTTP/1.1 429 "), refused);
                assertTrue(refused.toLowerCase().contains("retry-after: 1\r\n"), refused);
                assertTrue(other.readBody(refused).contains("headroom.input.body-memory"));
            }
            assertTrue(answer(60_000).startsWith("HTTP/1.1 200 "), "a small one");
            awaitTaken(OVERHEAD + 100_000);
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

    @Test
    void theTokensOfATextThatWouldTakeTooMuchAreRefused() {
        post("/tokenize", "{\"inputs\": \"%s\"}".formatted("!".repeat(900)), 413);
        post("/tokenize", "{\"inputs\": \"%s\"}".formatted("!".repeat(500)), 200);
        awaitTaken(0);
    }

    /** A row of 40 tokens, each of which is answered with 384 numbers. */
    @Test
    void tensorsThatWouldTakeTooMuchAsJsonAreRefused() {
        String inputs = Stream.of("input_ids", "attention_mask", "token_type_ids")
                .map(name -> "{\"name\": \"%s\", \"datatype\": \"INT64\", \"shape\": [1, 40], \"data\": %s}"
                        .formatted(name, Collections.nCopies(40, 1)))
                .collect(Collectors.joining(", "));
        String model = "/v2/models/all-minilm-l6-v2/infer";
        post(model, "{\"inputs\": [%s]}".formatted(inputs), 413);
        post(model, "{\"inputs\": [%s], \"parameters\": {\"binary_data_output\": true}}".formatted(inputs), 200);
        awaitTaken(0);
    }

    private static void post(String path, String body, int status) {
        Response response =
                RestAssured.given().contentType("application/json").body(body).post(path);
        assertEquals(status, response.statusCode(), response.asString());
        assertEquals(status == 413, response.asString().contains("headroom.input.body-memory"));
    }

    @Test
    void aBodyThatDoesNotSayItsLengthCountsAsItComes() throws IOException {
        try (RawHttp connection = new RawHttp(RestAssured.port)) {
            connection.send(CHUNKED);
            awaitTaken(OVERHEAD);
            connection.send(chunk(30_000));
            awaitTaken(OVERHEAD + 2 * 30_000);
            String refused = connection.send(chunk(60_000)).readHead();
            assertTrue(refused.startsWith("HTTP/1.1 413 "), refused);
            assertTrue(connection.readBody(refused).contains("headroom.input.body-memory"));
            awaitTaken(0);
        }
    }

    @Test
    void manySmallBodiesThatNeverEndLeaveRoomForSoManyMore() throws IOException {
        List<RawHttp> held = new ArrayList<>();
        try {
            int fit = (int) (150_000 * 3 / 2 / (OVERHEAD + 40_000));
            for (int i = 1; i <= fit; i++) {
                held.add(new RawHttp(RestAssured.port).send(head(40_000) + "{"));
                awaitTaken(i * (OVERHEAD + 40_000));
            }
            String refused = answer(40_000);
            assertTrue(refused.startsWith("HTTP/1.1 429 "), refused);
        } finally {
            for (RawHttp connection : held) {
                connection.close();
            }
        }
        awaitTaken(0);
        assertEquals("HTTP/1.1 200 ", answer(40_000).substring(0, 13));
        awaitTaken(0);
    }
}
