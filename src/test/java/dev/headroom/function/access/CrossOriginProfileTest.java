package dev.headroom.function.access;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.RestAssured;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import jakarta.inject.Inject;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@TestProfile(CrossOriginProfileTest.WithKeys.class)
class CrossOriginProfileTest {

    private static final String KEY = "a-key-of-a-page-0123456789";
    private static final String PAGE = "https://page.test";

    @Inject
    ManagementPort management;

    public static final class WithKeys implements QuarkusTestProfile {

        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "headroom.auth.api-keys", KEY,
                    "headroom.input.body-memory", "150000",
                    "headroom.management.port", "0",
                    "headroom.management.host", "127.0.0.1",
                    "quarkus.http.cors.enabled", "true",
                    "quarkus.http.cors.origins", PAGE,
                    "quarkus.http.cors.methods", "GET,POST",
                    "quarkus.http.cors.headers", "content-type,authorization",
                    "quarkus.http.cors.exposed-headers", "Retry-After");
        }
    }

    private static RequestSpecification from(String origin) {
        return given().header("Origin", origin).contentType("application/json");
    }

    private static void assertShown(int status, Response answer) {
        assertEquals(status, answer.statusCode(), answer::asString);
        assertEquals(List.of(PAGE), answer.headers().getValues("Access-Control-Allow-Origin"));
        assertEquals(List.of("Retry-After"), answer.headers().getValues("Access-Control-Expose-Headers"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/infer", "/v1/embeddings", "/plan", "/nothing"})
    void aPreflightBringsNoKey(String path) {
        from(PAGE)
                .header("Access-Control-Request-Method", "POST")
                .header("Access-Control-Request-Headers", "authorization")
                .options(path)
                .then()
                .statusCode(200)
                .header("Access-Control-Allow-Origin", equalTo(PAGE))
                .header("Access-Control-Allow-Methods", equalTo("GET,POST"))
                .header("Access-Control-Allow-Headers", equalTo("content-type,authorization"));
    }

    @Test
    void whatIsNoPreflightBringsOne() {
        assertShown(401, from(PAGE).body("{}").post("/infer"));
        given().options("/infer").then().statusCode(401).header("Access-Control-Allow-Origin", nullValue());
        given().header("Access-Control-Request-Method", "POST")
                .options("/infer")
                .then()
                .statusCode(401);
    }

    @Test
    void aPageSeesEveryAnswer() {
        RequestSpecification known = from(PAGE).header("X-API-Key", KEY);
        assertShown(200, known.body("{\"inputs\": \"a\"}").post("/infer"));
        assertShown(400, known.body("{").post("/infer"));
        assertShown(404, known.body("{}").post("/nothing"));
        assertShown(404, known.get("/plan"));
        assertShown(413, known.body("a".repeat(150_001)).post("/infer"));
        assertShown(415, known.contentType("text/plain").body("a").post("/infer"));
    }

    @Test
    void thePortForOperatorsDoesSoToo() {
        assertShown(404, from(PAGE).port(management.number()).body("{}").post("/infer"));
        assertShown(401, from(PAGE).port(management.number()).get("/plan"));
    }

    /** What nobody reads does not keep the next request from being heard. */
    @Test
    void anotherPageIsRefusedAndItsConnectionKept() throws IOException {
        String post = "POST /infer HTTP/1.1\r\nHost: a\r\nX-API-Key: " + KEY + "\r\nOrigin: ORIGIN\r\n"
                + "Content-Type: application/json\r\nContent-Length: 14\r\n\r\n{\"inputs\":\"a\"}";
        try (RawHttp connection = new RawHttp(RestAssured.port)) {
            String refused = connection
                    .send(post.replace("ORIGIN", "https://other.test"))
                    .readHead();
            assertTrue(refused.startsWith("HTTP/1.1 403 "), refused);
            connection.readBody(refused);
            String answered = connection.send(post.replace("ORIGIN", PAGE)).readHead();
            assertTrue(answered.startsWith("HTTP/1.1 200 "), answered);
        }
    }
}
