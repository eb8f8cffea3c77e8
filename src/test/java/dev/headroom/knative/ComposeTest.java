package dev.headroom.knative;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** Checks the Compose files against the published schema, and what they mount, open and name against what is there. */
class ComposeTest {

    private static final Path FOLDER = Rendered.ROOT.resolve("compose");
    private static final ObjectMapper JSON = new ObjectMapper();

    /** With anchors and merged keys resolved, which Jackson leaves as they are. */
    private static JsonNode yaml(Path file) throws IOException {
        return JSON.valueToTree(
                new Yaml(new SafeConstructor(new LoaderOptions())).<Object>load(Files.readString(file)));
    }

    private static JsonNode own(String file) throws IOException {
        return yaml(FOLDER.resolve(file));
    }

    private static JsonNode service(String name) throws IOException {
        return own("compose.yaml").path("services").path(name);
    }

    private static SchemaCheck schema() throws IOException {
        return new SchemaCheck(JSON.readTree(
                Path.of("src/test/resources/compose/compose-spec.json").toFile()));
    }

    private static List<String> texts(JsonNode array) {
        return array.valueStream().map(JsonNode::asText).toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"compose.yaml", "compose.gpu.yaml"})
    void everyFieldIsOneOfTheSpecifications(String file) throws IOException {
        assertEquals(List.of(), schema().errors(own(file)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            /services/headroom             | helthcheck | {}         | no such field
            /services/headroom/healthcheck | retries    | true       | type
            /services/headroom             | cap_drop   | ["A", "A"] | uniqueItems
            /services/headroom             | ports      | {}         | type
            /volumes                       | a b        | {}         | no such field
            """)
    void aFieldThatTheSpecificationLacksIsAnError(String place, String field, String value, String error)
            throws IOException {
        ObjectNode document = own("compose.yaml").deepCopy();
        ((ObjectNode) document.at(place)).set(field, JSON.readTree(value));
        List<String> errors = schema().errors(document);
        assertTrue(errors.stream().anyMatch(text -> text.contains(error)), errors::toString);
    }

    @Test
    void everyFileThatIsMountedIsThereAndEveryVolumeIsDeclared() throws IOException {
        Set<String> volumes = new HashSet<>();
        own("compose.yaml").path("volumes").fieldNames().forEachRemaining(volumes::add);
        int files = 0;
        for (JsonNode service : own("compose.yaml").path("services")) {
            for (String mount : texts(service.path("volumes"))) {
                String source = mount.split(":")[0];
                boolean file = source.startsWith(".");
                files += file ? 1 : 0;
                assertTrue(file ? Files.exists(FOLDER.resolve(source)) : volumes.contains(source), mount);
                assertTrue(!file || mount.endsWith(":ro"), mount);
            }
        }
        assertTrue(files >= 9, "mounted " + files);
    }

    @Test
    void onlyThisMachineReachesThePorts() throws IOException {
        List<String> ports = new ArrayList<>();
        for (JsonNode service : own("compose.yaml").path("services")) {
            ports.addAll(texts(service.path("ports")));
        }
        assertTrue(ports.stream().allMatch(port -> port.startsWith("127.0.0.1:")), ports::toString);
        assertEquals(ports.size(), Set.copyOf(ports).size());
    }

    @ParameterizedTest
    @ValueSource(strings = {"headroom", "worker"})
    void theContainersAreAsSafeAsThePods(String name) throws IOException {
        JsonNode service = service(name);
        assertEquals("10001:10001", service.path("user").asText());
        assertTrue(service.path("read_only").asBoolean());
        assertEquals(List.of("ALL"), texts(service.path("cap_drop")));
        Manifest pod = Renderings.of("cpu").service();
        String limits = "/spec/template/spec/containers/0/resources/limits/";
        assertEquals(
                pod.text(limits + "cpu"),
                service.at("/deploy/resources/limits/cpus").asText());
        assertEquals(
                pod.text(limits + "memory"),
                service.at("/deploy/resources/limits/memory").asText() + "i");
    }

    @Test
    void theGracePeriodHoldsTheDrain() throws IOException {
        long shutdown = ShutdownTimeout.seconds();
        Duration grace = Duration.parse(
                "PT" + service("headroom").path("stop_grace_period").asText());
        assertTrue(grace.toSeconds() >= shutdown + 15, grace::toString);
    }

    /** The image's own command, with another argument. */
    @ParameterizedTest
    @ValueSource(strings = {"headroom", "worker"})
    void theHealthCheckIsACommandOfTheImage(String name) throws IOException {
        List<String> test = texts(service(name).at("/healthcheck/test"));
        String entry = Files.readString(Path.of("src/main/docker/Dockerfile.jvm"))
                .lines()
                .filter(line -> line.startsWith("ENTRYPOINT "))
                .findFirst()
                .orElseThrow();
        assertEquals(texts(JSON.readTree(entry.substring("ENTRYPOINT ".length()))), test.subList(1, 3));
        assertEquals(List.of("CMD", "ready"), List.of(test.getFirst(), test.getLast()));
    }

    @Test
    void prometheusReadsTheManagementPortOfBoth() throws IOException {
        JsonNode scrape = own("prometheus.yaml").at("/scrape_configs/0");
        assertEquals("/q/metrics", scrape.path("metrics_path").asText());
        List<String> targets = scrape.path("static_configs").findValues("targets").stream()
                .flatMap(list -> texts(list).stream())
                .toList();
        assertEquals(List.of("headroom:9000", "worker:9000"), targets);
        for (String target : targets) {
            URI address = URI.create("http://" + target);
            assertEquals(
                    String.valueOf(address.getPort()),
                    service(address.getHost())
                            .at("/environment/HEADROOM_MANAGEMENT_PORT")
                            .asText());
        }
    }

    @Test
    void theRulesAreThoseOfTheMonitoringComponent() throws IOException {
        JsonNode alerts = yaml(Rendered.ROOT.resolve("components/monitoring/alerts.yaml"));
        assertEquals(alerts.at("/spec/groups"), own("rules.yaml").path("groups"));
        assertEquals(List.of("rules.yaml"), texts(own("prometheus.yaml").path("rule_files")));
    }

    @Test
    void grafanaAsksThatPrometheusAndReadsTheFolderOfTheDashboard() throws IOException {
        URI prometheus = URI.create(
                own("grafana-datasource.yaml").at("/datasources/0/url").asText());
        assertTrue(texts(service(prometheus.getHost()).path("ports")).getFirst().endsWith(":" + prometheus.getPort()));
        String folder =
                own("grafana-dashboards.yaml").at("/providers/0/options/path").asText();
        assertTrue(texts(service("grafana").path("volumes")).stream()
                .anyMatch(mount -> mount.endsWith("dashboard.json:" + folder + "/headroom.json:ro")));
    }

    @Test
    void theQueuesThatTheWorkerNamesAreMade() throws IOException {
        JsonNode worker = service("worker").path("environment");
        Set<String> named = List.of("QUEUE", "REPLY_ROUTING_KEY", "DEAD_LETTER_ROUTING_KEY").stream()
                .map(name -> worker.path("HEADROOM_WORKER_RABBITMQ_" + name).asText())
                .collect(Collectors.toSet());
        JsonNode definitions = JSON.readTree(FOLDER.resolve("queues.json").toFile());
        assertEquals(named, Set.copyOf(definitions.path("queues").findValuesAsText("name")));
        String loaded = Files.readString(FOLDER.resolve("rabbitmq.conf"));
        assertTrue(loaded.contains("load_definitions = /etc/rabbitmq/queues.json"), loaded);
        assertTrue(texts(service("rabbitmq").path("volumes")).contains("./queues.json:/etc/rabbitmq/queues.json:ro"));
    }

    @Test
    void rabbitKnowsTheWorkersPassword() throws Exception {
        URI uri = URI.create(service("worker")
                .at("/environment/HEADROOM_WORKER_RABBITMQ_URI")
                .asText());
        assertEquals("rabbitmq", uri.getHost());
        JsonNode user = JSON.readTree(FOLDER.resolve("queues.json").toFile()).at("/users/0");
        String[] login = uri.getUserInfo().split(":");
        assertEquals(login[0], user.path("name").asText());
        byte[] salted = Base64.getDecoder().decode(user.path("password_hash").asText());
        MessageDigest sha = MessageDigest.getInstance("SHA-256");
        sha.update(salted, 0, 4);
        byte[] hash = sha.digest(login[1].getBytes(StandardCharsets.UTF_8));
        assertEquals(
                List.of(hash.length + 4, -1),
                List.of(salted.length, Arrays.mismatch(hash, 0, hash.length, salted, 4, salted.length)));
    }

    @Test
    void theGpuFileChangesTheServiceOfTheOther() throws IOException {
        JsonNode gpu = own("compose.gpu.yaml").path("services");
        assertEquals(1, gpu.size());
        assertEquals("gpu", gpu.at("/headroom/environment/HEADROOM_DEVICE").asText());
        assertEquals(List.of("gpu"), texts(gpu.at("/headroom/deploy/resources/reservations/devices/0/capabilities")));
        assertEquals(
                Renderings.of("nvidia-gpu").service().text("/spec/template/spec/containers/0/resources/limits/memory"),
                gpu.at("/headroom/deploy/resources/limits/memory").asText() + "i");
    }
}
