package dev.headroom.function.download;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.headroom.settings.HeadroomConfig;
import io.quarkus.test.common.TestResourceScope;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** As the service makes it, with the machine's own look-up of names. */
@QuarkusTest
@WithTestResource(value = HostOfInputs.class, scope = TestResourceScope.GLOBAL)
class DownloadsInServiceTest {

    @Inject
    Downloads downloads;

    @Inject
    HeadroomConfig config;

    @Test
    void downloadsAndIsMeasuredWithoutAWordOfTheUrl() {
        String host = config.references().allowedHosts().orElseThrow().getFirst();
        assertEquals(3, downloads.get("http://" + host + "/cat?secret", Duration.ofSeconds(20)).length);
        given().get("/q/metrics")
                .then()
                .statusCode(200)
                .body(containsString("headroom_downloads_seconds_count{result=\"ok\"}"))
                .body(not(containsString("secret")))
                .body(not(containsString("/cat")));
    }
}
