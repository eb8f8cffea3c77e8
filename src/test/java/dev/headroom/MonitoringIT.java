package dev.headroom;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.headroom.session.LlamaForm;
import dev.headroom.session.TinyLlama;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real Prometheus evaluates the alerts, and what the dashboard asks, over a service that has answered. */
@Timeout(120)
class MonitoringIT {

    private static final Path FOLDER = Path.of("knative/components/monitoring");

    /** Panels that are empty while nobody downloads. */
    private static final Set<String> EMPTY = Set.of("Downloads");

    @TempDir
    Path folder;

    @Test
    void alertsAreEvaluatedAndPanelsShowSomething() throws Exception {
        Assumptions.assumeTrue(
                Files.isExecutable(Path.of("/usr/bin/prometheus")),
                "Alerts and the dashboard are not evaluated: there is no /usr/bin/prometheus (Debian's package prometheus)");
        TinyLlama.write(folder.resolve("llama"), LlamaForm.SHARED);
        try (ServiceProcess service = ServiceProcess.start(
                        "headroom.calibration=off",
                        "headroom.models=" + folder.resolve("llama") + ",models/all-minilm-l6-v2");
                PrometheusProcess prometheus = new PrometheusProcess(folder, service.port(), rules())) {
            answer(service);
            ServiceProcess.await(() -> scrapes(prometheus) >= 3);
            answer(service);
            ServiceProcess.await(() -> scrapes(prometheus) >= 6);
            assertRulesAreHealthy(prometheus);
            assertEquals(Map.of(), wrong(prometheus));
        }
    }

    private static String rules() throws IOException {
        YAMLMapper yaml = new YAMLMapper();
        return yaml.writeValueAsString(
                yaml.readTree(FOLDER.resolve("alerts.yaml").toFile()).get("spec"));
    }

    private static void answer(ServiceProcess service) throws Exception {
        assertEquals(
                200,
                service.infer("{\"model\": \"all-minilm-l6-v2\", \"inputs\": [\"a river\", \"a much longer text\"]}")
                        .get()
                        .statusCode());
        assertEquals(
                200,
                service.post("/v1/completions", "{\"model\": \"llama\", \"prompt\": \"a\", \"max_tokens\": 4}")
                        .get()
                        .statusCode());
        assertEquals(
                404,
                service.infer("{\"model\": \"x\", \"inputs\": \"a\"}").get().statusCode());
    }

    private static long scrapes(PrometheusProcess prometheus) throws Exception {
        return prometheus
                .query("sum(count_over_time(headroom_devices{state=\"serving\"}[5m]))")
                .at("/data/result/0/value/1")
                .asLong();
    }

    private static void assertRulesAreHealthy(PrometheusProcess prometheus) throws Exception {
        JsonNode rules = prometheus.api("rules").at("/data/groups/0/rules");
        assertTrue(rules.size() >= 7, rules::toString);
        for (JsonNode rule : rules) {
            assertEquals("ok", rule.get("health").asText(), rule::toString);
            assertEquals("inactive", rule.get("state").asText(), rule::toString);
        }
    }

    /** The expressions of the dashboard that are refused, or have no value. */
    private static Map<String, String> wrong(PrometheusProcess prometheus) throws Exception {
        Map<String, String> wrong = new TreeMap<>();
        int asked = 0;
        for (JsonNode panel : new ObjectMapper()
                .readTree(FOLDER.resolve("dashboard.json").toFile())
                .get("panels")) {
            for (JsonNode target : panel.path("targets")) {
                String expression = filled(target.get("expr").asText());
                JsonNode answer = prometheus.query(expression);
                asked++;
                boolean empty = answer.at("/data/result").isEmpty()
                        && !EMPTY.contains(panel.get("title").asText());
                if (empty || !answer.path("status").asText().equals("success")) {
                    wrong.put(panel.get("title").asText() + ": " + expression, answer.toString());
                }
            }
        }
        assertFalse(asked < 50, "asked " + asked);
        return wrong;
    }

    /** The expression with what Grafana puts in the place of its variables. */
    private static String filled(String expression) {
        String filled = expression
                .replace("$__rate_interval", "1m")
                .replace("$price", "0.34")
                .replace("\"$namespace\"", "\".*\"")
                .replace("\"$model\"", "\".*\"");
        assertFalse(filled.contains("$"), filled);
        return filled;
    }
}
