package dev.headroom.function.access;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.RestAssured;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@TestProfile(AccessProfileTest.WithKeys.class)
class AccessProfileTest {

    private static final String KEY = "a-key-of-the-list-0123456789";
    private static final String FILE_KEY = "a-key-of-the-file-0123456789";
    private static final String BODY = "{\"inputs\": \"a\"}";

    public static final class WithKeys implements QuarkusTestProfile {

        @Override
        public Map<String, String> getConfigOverrides() {
            try {
                Path file = Files.writeString(Files.createTempFile("keys", ".txt"), FILE_KEY + "\n");
                return Map.of(
                        "headroom.auth.api-keys",
                        "another-key-0123456789," + KEY,
                        "headroom.auth.api-keys-file",
                        file.toString());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/page/main.js", "/page/api.html"})
    void thePageNeedsNone(String path) {
        given().get(path).then().statusCode(200);
        given().head(path).then().statusCode(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/plan", "/q/metrics", "/q/openapi", "/page/../plan", "/page/%2e%2e/plan", "//plan"})
    void whatThePageShowsNeedsOne(String path) {
        given().urlEncodingEnabled(false).get(path).then().statusCode(401);
    }

    @ParameterizedTest
    @CsvSource({
        "Authorization, Bearer " + KEY,
        "Authorization, bearer  " + KEY,
        "Authorization, Bearer " + FILE_KEY,
        "X-API-Key, " + KEY,
        "api-key, " + FILE_KEY
    })
    void aKeyLetsIn(String header, String value) {
        given().header(header, value)
                .contentType("application/json")
                .body(BODY)
                .post("/infer")
                .then()
                .statusCode(200);
        given().header(header, value).get("/plan").then().statusCode(200);
    }

    @Test
    void whoBringsNoneIsToldWhatToSend() {
        given().contentType("application/json")
                .body(BODY)
                .post("/infer")
                .then()
                .statusCode(401)
                .header("WWW-Authenticate", "Bearer")
                .contentType("application/problem+json")
                .body("type", equalTo("urn:headroom:unauthenticated"))
                .body("detail", startsWith("Neither a key nor a token came with the request; send one"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"Bearer a-key-of-the-list-0123456788", "Bearer " + KEY + "x", "Bearer " + KEY + ",", "bearer x"})
    void aWrongKeyDoesNotLetIn(String authorization) {
        given().header("Authorization", authorization)
                .get("/plan")
                .then()
                .statusCode(401)
                .header("WWW-Authenticate", "Bearer error=\"invalid_token\"")
                .body("detail", not(startsWith("Neither")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Basic " + KEY, KEY, "Bearer", "Bearer  "})
    void whatIsNoKeyAtAllDoesNotLetIn(String authorization) {
        given().header("Authorization", authorization).get("/plan").then().statusCode(401);
    }

    @ParameterizedTest
    @CsvSource({"Authorization, Bearer " + KEY + ", Bearer " + KEY, "X-API-Key, x, " + KEY, "api-key, " + KEY + ", x"})
    void credentialsThatAreThereTwiceAreRefused(String header, String first, String second) throws IOException {
        String answer = RawHttp.exchange(
                RestAssured.port,
                "GET /plan HTTP/1.1\r\nHost: a\r\nConnection: close\r\n%1$s: %2$s\r\n%1$s: %3$s\r\n\r\n"
                        .formatted(header, first, second));
        assertTrue(answer.startsWith("HTTP/1.1 400 "), answer);
        assertTrue(answer.contains("The header " + header + " is there 2 times; send it once."), answer);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/q/health", "/q/health/live", "/q/health/ready", "/q/health/started"})
    void healthIsOpen(String path) {
        given().get(path).then().statusCode(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /plan",
                "GET /plan/",
                "GET //plan",
                "GET /./plan",
                "GET /%70lan",
                "GET /q/health/../../plan",
                "GET /q/health/%2e%2e/%2e%2e/plan",
                "GET /q/health/..%2f..%2fplan",
                "GET /q/health/live/../../../plan",
                "GET /q/health/live;/../../../plan",
                "GET /q/health;x=y",
                "GET /q/health%2f",
                "GET /q//health",
                "GET /Q/Health",
                "GET /q/health/live/.",
                "GET /q/metrics",
                "GET /q/health/group/x",
                "GET http://localhost/plan",
                "GET /health/../plan",
                "POST /q/health",
                "POST /q/health/live",
                "POST /infer",
                "POST /q/health/../../infer",
                "OPTIONS /infer",
                "PUT /health",
                "GET /nothing",
            })
    void noSpellingOfAPathIsAWayRound(String target) throws IOException {
        String answer = RawHttp.exchange(
                RestAssured.port,
                target + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
        assertTrue(answer.startsWith("HTTP/1.1 401 "), answer);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/q/health", "/q/health/live", "/health", "/infer"})
    void anEventIsCheckedWhereverItComes(String path) {
        for (String method : new String[] {"GET", "POST"}) {
            given().header("Ce-Id", "1")
                    .header("Ce-Source", "/me")
                    .header("Ce-Type", "dev.headroom.infer")
                    .header("Ce-Specversion", "1.0")
                    .contentType("application/json")
                    .body(BODY)
                    .request(method, path)
                    .then()
                    .statusCode(401)
                    .header("Headroom-Error", startsWith("Neither a key nor a token"))
                    .header("Content-Length", "0");
        }
        given().header("Authorization", "Bearer " + KEY)
                .header("Ce-Id", "1")
                .header("Ce-Source", "/me")
                .header("Ce-Type", "dev.headroom.infer")
                .header("Ce-Specversion", "1.0")
                .contentType("application/json")
                .body(BODY)
                .post(path)
                .then()
                .statusCode(200);
    }

    @Test
    void aGrpcCallIsRefusedInItsOwnProtocol() throws IOException, InterruptedException {
        HttpRequest call = HttpRequest.newBuilder(URI.create(
                        "http://127.0.0.1:" + RestAssured.port + "/inference.GRPCInferenceService/ModelInfer"))
                .header("Content-Type", "application/grpc+proto")
                .POST(BodyPublishers.ofByteArray(new byte[5]))
                .build();
        try (HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build()) {
            HttpResponse<String> answer = client.send(call, BodyHandlers.ofString());
            assertTrue(answer.statusCode() == 200 && answer.body().isEmpty(), answer::toString);
            assertTrue(answer.headers().firstValue("Content-Type").orElse("").equals("application/grpc"));
            assertTrue(answer.headers().firstValue("grpc-status").orElse("").equals("16"));
            assertTrue(answer.headers().firstValue("grpc-message").orElse("").startsWith("Neither a key"));
            assertFalse(answer.headers().firstValue("WWW-Authenticate").isPresent());
        }
    }

    @Test
    void healthIsOpenByGrpc() throws IOException, InterruptedException {
        for (String open : new String[] {"grpc.health.v1.Health/Check", "inference.GRPCInferenceService/ServerReady"}) {
            HttpRequest call = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + RestAssured.port + "/" + open))
                    .header("Content-Type", "application/grpc+proto")
                    .header("TE", "trailers")
                    .POST(BodyPublishers.ofByteArray(new byte[5]))
                    .build();
            try (HttpClient client =
                    HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build()) {
                HttpResponse<byte[]> answer = client.send(call, BodyHandlers.ofByteArray());
                assertTrue(answer.body().length > 5, open + " answers with a message");
            }
        }
    }

    @Test
    void theBodyOfSomebodyUnknownIsNotWaitedFor() throws IOException {
        try (RawHttp connection = new RawHttp(RestAssured.port)) {
            String head = connection
                    .send(
                            "POST /infer HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 9000000\r\n\r\n{")
                    .readHead();
            assertTrue(head.startsWith("HTTP/1.1 401 "), head);
        }
    }
}
