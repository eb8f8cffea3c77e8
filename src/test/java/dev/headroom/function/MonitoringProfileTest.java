package dev.headroom.function;

import static io.restassured.RestAssured.given;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.http.ContentType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The alerts and the dashboard of {@code knative/} ask for metrics that there are, and lead to runbooks that there are. */
@QuarkusTest
@TestProfile(ServesGenerator.class)
class MonitoringProfileTest {

    private static final Pattern METRIC = Pattern.compile("\\bheadroom_[a-z_]+");
    private static final Path FOLDER = Path.of("knative/components/monitoring");

    @Test
    void everyMetricThatIsAskedForIsMetered() throws IOException {
        answer("/infer", "{\"model\": \"all-minilm-l6-v2\", \"inputs\": \"river\"}");
        answer("/v1/completions", "{\"model\": \"llama\", \"prompt\": \"a\", \"max_tokens\": 2}");
        Set<String> wanted = names(Files.readString(FOLDER.resolve("alerts.yaml")));
        wanted.addAll(names(Files.readString(FOLDER.resolve("dashboard.json"))));
        assertTrue(wanted.size() >= 40, wanted::toString);
        String metrics = given().get("/q/metrics").asString();
        Set<String> missing = new TreeSet<>(wanted);
        missing.removeAll(names(metrics.replaceAll("(?m)^#.*$", "")));
        assertEquals(Set.of("headroom_downloads_seconds_count"), missing); // which nobody has asked for yet
        assertTrue(metrics.contains("headroom_devices{state=\"lost\"}"), metrics);
        assertTrue(metrics.matches("(?s).*headroom_batch_closed_total\\{[^}]*reason=\"window\".*"), metrics);
    }

    private static void answer(String path, String body) {
        given().contentType(ContentType.JSON).body(body).post(path).then().statusCode(200);
    }

    private static Set<String> names(String text) {
        return METRIC.matcher(text).results().map(MatchResult::group).collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void everyAlertLeadsToARunbook() throws IOException {
        String alerts = Files.readString(FOLDER.resolve("alerts.yaml"));
        String runbooks = Files.readString(Path.of("docs/operations.md"));
        List<String> names = Pattern.compile("alert: (\\w+)")
                .matcher(alerts)
                .results()
                .map(alert -> alert.group(1))
                .toList();
        assertTrue(names.size() >= 7, names::toString);
        for (String name : names) {
            assertTrue(alerts.contains("runbook_url: docs/operations.md#" + name.toLowerCase(Locale.ROOT)), name);
            assertTrue(runbooks.contains("\n### " + name + "\n"), name);
        }
    }
}
