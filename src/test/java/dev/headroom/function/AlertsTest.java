package dev.headroom.function;

import static io.restassured.RestAssured.given;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The alerts of {@code knative/} ask for metrics that there are. */
@QuarkusTest
class AlertsTest {

    private static final Pattern METRIC = Pattern.compile("\\bheadroom_[a-z_]+");

    @Test
    void everyMetricOfAnAlertIsMetered() throws IOException {
        given().contentType(ContentType.JSON)
                .body("{\"inputs\": \"river\"}")
                .post("/infer")
                .then()
                .statusCode(200);
        Set<String> wanted = names(Files.readString(Path.of("knative/components/monitoring/alerts.yaml")));
        assertTrue(wanted.size() >= 4, wanted::toString);
        String metrics = given().get("/q/metrics").asString();
        Set<String> missing = new TreeSet<>(wanted);
        missing.removeAll(names(metrics.replaceAll("(?m)^#.*$", "")));
        assertEquals(Set.of(), missing);
        assertTrue(metrics.contains("headroom_devices{state=\"lost\"}"), metrics);
        assertTrue(metrics.matches("(?s).*headroom_batch_closed_total\\{[^}]*reason=\"window\".*"), metrics);
    }

    private static Set<String> names(String text) {
        return METRIC.matcher(text).results().map(MatchResult::group).collect(Collectors.toSet());
    }
}
