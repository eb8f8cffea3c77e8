package dev.headroom.function.access;

import static io.restassured.RestAssured.given;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.RestAssured;
import jakarta.inject.Inject;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@TestProfile(ManagementProfileTest.OnItsOwnPort.class)
class ManagementProfileTest {

    @Inject
    ManagementPort management;

    public static final class OnItsOwnPort implements QuarkusTestProfile {

        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("headroom.management.port", "0", "headroom.management.host", "127.0.0.1");
        }
    }

    private static void assertStatus(int status, int port, String requestLine) throws IOException {
        String answer = RawHttp.exchange(
                port, requestLine + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
        Assertions.assertTrue(answer.startsWith("HTTP/1.1 " + status + " "), answer);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/page/main.js", "/plan", "/q/metrics"})
    void whatOperatorsLookAtIsOnTheirPortAlone(String path) throws IOException {
        assertStatus(200, management.number(), "GET " + path);
        assertStatus(404, RestAssured.port, "GET " + path);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/plan/",
                "//plan",
                "/./plan",
                "/%70lan",
                "/x/../plan",
                "/plan//",
                "/q/health/../metrics",
                "/q/metrics/",
                "//q//metrics",
                "/q/%6detrics",
                "/q/health/../../plan",
                "/q",
                "/q/openapi"
            })
    void noOtherSpellingOfItsPathShowsItOnTheOtherPort(String path) throws IOException {
        assertStatus(404, RestAssured.port, "GET " + path);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/q/health", "/q/health/live", "/q/health/ready"})
    void healthIsOnBoth(String path) throws IOException {
        assertStatus(200, management.number(), "GET " + path);
        assertStatus(200, RestAssured.port, "GET " + path);
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST /infer", "POST /", "POST /plan/../infer", "GET /nothing"})
    void nothingElseIsOnTheirPort(String request) throws IOException {
        assertStatus(404, management.number(), request);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/plan", "/q/health"})
    void anEventIsServedOnTheOtherPortAlone(String path) {
        for (int port : new int[] {RestAssured.port, management.number()}) {
            given().port(port)
                    .header("Ce-Id", "1")
                    .header("Ce-Source", "/me")
                    .header("Ce-Type", "dev.headroom.infer")
                    .header("Ce-Specversion", "1.0")
                    .contentType("application/json")
                    .body("{\"inputs\": \"a\"}")
                    .post(path)
                    .then()
                    .statusCode(port == RestAssured.port ? 200 : 400);
        }
    }

    @Test
    void callsAreAnsweredOnTheOtherPort() {
        given().contentType("application/json")
                .body("{\"inputs\": \"a\"}")
                .post("/infer")
                .then()
                .statusCode(200);
    }
}
