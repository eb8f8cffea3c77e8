package dev.headroom.function.access;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.RestAssured;
import io.restassured.response.ValidatableResponse;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@TestProfile(TokenProfileTest.WithIssuer.class)
class TokenProfileTest {

    private static final String AUDIENCE = "https://headroom.test";
    private static final String KEY = "a-key-beside-tokens-0123456789";

    TestIssuer issuer;

    public static final class WithIssuer implements QuarkusTestProfile {

        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("headroom.auth.audience", AUDIENCE, "headroom.auth.api-keys", KEY);
        }

        @Override
        public List<TestResourceEntry> testResources() {
            return List.of(new TestResourceEntry(TestIssuer.class));
        }
    }

    private static ValidatableResponse inferWith(String token) {
        return given().header("Authorization", "Bearer " + token)
                .contentType("application/json")
                .body("{\"inputs\": \"" + "a ".repeat(10_000) + "\"}")
                .post("/infer")
                .then();
    }

    @Test
    void aTokenForThisAudienceLetsIn() {
        inferWith(issuer.token(AUDIENCE, 60)).statusCode(200);
    }

    @Test
    void theNextRequestIsHeardAfterOneWhoseBodyWasNotRead() throws IOException {
        String head = "POST /infer HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nAuthorization: Bearer "
                + issuer.token(AUDIENCE, 60) + "\r\n";
        try (RawHttp connection = new RawHttp(RestAssured.port)) {
            String first = connection
                    .send(head + "Content-Encoding: gzip\r\nContent-Length: 9\r\n\r\n")
                    .readHead();
            assertTrue(first.startsWith("HTTP/1.1 415 "), first);
            connection.readBody(first);
            String second = connection
                    .send("123456789" + head + "Content-Length: 14\r\n\r\n{\"inputs\":\"a\"}")
                    .readHead();
            assertTrue(second.startsWith("HTTP/1.1 200 "), second);
        }
    }

    @Test
    void aKeyLetsInBesideTokens() {
        inferWith(KEY).statusCode(200);
        given().header("X-API-Key", KEY).get("/plan").then().statusCode(200);
    }

    private static ValidatableResponse sendTo(String path, String token) {
        return given().header("Authorization", "Bearer " + token)
                .header("Ce-Id", "1")
                .header("Ce-Source", "/me")
                .header("Ce-Type", "dev.headroom.infer")
                .header("Ce-Specversion", "1.0")
                .contentType("application/json")
                .body("{\"inputs\": \"a\"}")
                .post(path)
                .then();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/q/health", "/plan"})
    void anEventIsCheckedWhereverItComes(String path) {
        sendTo(path, issuer.token(AUDIENCE, 60)).statusCode(200);
        sendTo(path, issuer.token("https://other.test", 60)).statusCode(401);
    }

    @Test
    void aTokenForAnotherAudienceDoesNot() {
        inferWith(issuer.token("https://other.test", 60)).statusCode(401);
    }

    @Test
    void aTokenThatIsOverDoesNot() {
        inferWith(issuer.token(AUDIENCE, -60)).statusCode(401);
    }

    @Test
    void aTokenThatSomebodyElseHasSignedDoesNot() {
        inferWith(issuer.forged(AUDIENCE)).statusCode(401);
        inferWith(issuer.token(AUDIENCE, 60).replaceFirst("\\.[^.]*$", ".AAAA")).statusCode(401);
    }

    @Test
    void aTokenThatNobodyHasSignedDoesNot() {
        inferWith(issuer.unsigned(AUDIENCE)).statusCode(401);
    }

    @Test
    void whatIsNoTokenDoesNot() {
        inferWith("not-a-token")
                .statusCode(401)
                .header("WWW-Authenticate", "Bearer error=\"invalid_token\"")
                .body("type", equalTo("urn:headroom:unauthenticated"));
        given().get("/plan").then().statusCode(401);
        given().get("/q/health/live").then().statusCode(200);
    }
}
