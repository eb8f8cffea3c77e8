package dev.headroom.function.page;

import static io.restassured.RestAssured.given;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@TestProfile(NoPageProfileTest.Off.class)
class NoPageProfileTest {

    public static final class Off implements QuarkusTestProfile {

        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("headroom.page", "off");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/page/main.js", "/page/api.html"})
    void browsersFindNothing(String path) {
        given().get(path).then().statusCode(404);
    }

    @Test
    void callsAndThePlanAreAnsweredAsEver() {
        given().contentType("application/json")
                .body("{\"inputs\": \"a\"}")
                .post("/")
                .then()
                .statusCode(200);
        given().get("/plan").then().statusCode(200);
    }
}
