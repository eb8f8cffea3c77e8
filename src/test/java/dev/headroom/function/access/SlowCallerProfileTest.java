package dev.headroom.function.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.RestAssured;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@QuarkusTest
@TestProfile(SlowCallerProfileTest.WithLittlePatience.class)
class SlowCallerProfileTest {

    private static final String LINE = "POST /infer HTTP/1.1\r\nHost: a\r\n";
    private static final String HEAD = LINE + "Content-Type: application/json\r\nContent-Length: 14\r\n\r\n";
    private static final String BODY = "{\"inputs\":\"a\"}";

    public static final class WithLittlePatience implements QuarkusTestProfile {

        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("headroom.input.read-timeout", "500ms");
        }
    }

    private static void assertCut(String answer, String part) {
        assertTrue(answer.startsWith("HTTP/1.1 408 "), answer);
        assertTrue(
                answer.contains(
                        "The " + part + " of the request did not come within 500 ms; send it faster, or raise "),
                answer);
    }

    @Test
    void aHeadThatDoesNotEndIsCut() throws IOException {
        assertCut(RawHttp.exchange(RestAssured.port, LINE), "head");
    }

    @Test
    void aBodyThatDoesNotEndIsCut() throws IOException {
        assertCut(RawHttp.exchange(RestAssured.port, HEAD + "{\"inp"), "body");
    }

    @Test
    void aByteNowAndThenGainsNoTime() throws IOException {
        try (RawHttp connection = new RawHttp(RestAssured.port)) {
            connection.send(HEAD.replace("14", "9000000"));
            assertCut(connection.trickle("{\"inputs\": \"" + "a".repeat(8_000_000)), "body");
        }
    }

    @Test
    void anEventIsToldToComeAgain() throws IOException {
        String answer = RawHttp.exchange(RestAssured.port, HEAD.replace("Host: a", "Host: a\r\nCe-Id: 1") + "{");
        assertTrue(answer.startsWith("HTTP/1.1 408 "), answer);
        assertTrue(answer.contains("Headroom-Error: The body of the request did not come"), answer);
    }

    @Test
    void aConnectionThatSaysNothingIsClosedWithoutAWord() throws IOException {
        assertEquals("", RawHttp.exchange(RestAssured.port, ""));
    }

    @Test
    void theNextHeadOnAConnectionHasAsLong() throws IOException {
        try (RawHttp connection = new RawHttp(RestAssured.port)) {
            String first = connection.send(HEAD + BODY).readHead();
            assertTrue(first.startsWith("HTTP/1.1 200 "), first);
            connection.readBody(first);
            assertCut(connection.send(LINE).readAll(), "head");
        }
    }

    @Test
    void aConnectionBetweenRequestsIsKept() throws IOException {
        try (RawHttp kept = new RawHttp(RestAssured.port)) {
            kept.readBody(kept.send(HEAD + BODY).readHead());
            RawHttp.exchange(RestAssured.port, LINE); // as long as it takes to be cut
            RawHttp.exchange(RestAssured.port, LINE);
            String second = kept.send(HEAD + BODY).readHead();
            assertTrue(second.startsWith("HTTP/1.1 200 "), second);
        }
    }

    @Test
    void whoAsksOnAndOnAndReadsNothingIsCut() throws IOException {
        try (RawHttp connection = new RawHttp(RestAssured.port)) {
            connection.send("GET /q/openapi HTTP/1.1\r\nHost: a\r\n\r\n".repeat(1000));
            int answered = connection.readToEnd().split("HTTP/1.1 200 ", -1).length - 1;
            assertTrue(answered <= 32, answered + " were answered");
        }
    }

    @Test
    void whoSendsRequestsUponRequestsIsCut() throws IOException {
        try (RawHttp connection = new RawHttp(RestAssured.port)) {
            connection.send((HEAD + BODY).repeat(100));
            int answered = connection.readToEnd().split("HTTP/1.1 200 ", -1).length - 1;
            assertTrue(answered <= 32, answered + " were answered");
        }
    }

    @Test
    void whoAsksOnAndOnAndReadsIsAnswered() throws IOException {
        int asked = 30;
        try (RawHttp connection = new RawHttp(RestAssured.port)) {
            String ask = "GET /q/openapi HTTP/1.1\r\nHost: a\r\n\r\n";
            connection.send(ask.repeat(asked - 1) + ask.replace("Host: a", "Host: a\r\nConnection: close"));
            int answered = connection.readAll().split("HTTP/1.1 200 ", -1).length - 1;
            assertEquals(asked, answered);
        }
    }

    @Test
    @Timeout(60)
    void aMessageOfGrpcThatDoesNotEndIsCut() throws Exception {
        Vertx vertx = Vertx.vertx();
        try {
            HttpClientOptions options = new HttpClientOptions()
                    .setProtocolVersion(HttpVersion.HTTP_2)
                    .setHttp2ClearTextUpgrade(false);
            HttpClientResponse answer = vertx.createHttpClient(options)
                    .request(
                            HttpMethod.POST,
                            RestAssured.port,
                            "localhost",
                            "/inference.GRPCInferenceService/ModelInfer")
                    .compose(request -> {
                        request.setChunked(true)
                                .putHeader("Content-Type", "application/grpc")
                                .putHeader("TE", "trailers");
                        request.write(Buffer.buffer(new byte[] {0, 0, 0, 1, 0, 42}));
                        return request.response();
                    })
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get();
            assertEquals("4", answer.getHeader("grpc-status"));
            assertTrue(
                    answer.getHeader("grpc-message").startsWith("The body of the request did not come within 500 ms"));
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().get();
        }
    }

    @Test
    void aHeadOfMoreFieldsThanAnybodyHasIsRefused() throws IOException {
        String head = HEAD.replace("Host: a", "Host: a\r\nConnection: close" + "\r\na:".repeat(300));
        String answer = RawHttp.exchange(RestAssured.port, head + BODY);
        assertTrue(answer.startsWith("HTTP/1.1 413 "), answer);
        assertTrue(answer.contains("at most 256 are read"), answer);
    }
}
