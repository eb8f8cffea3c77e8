package dev.headroom.knative;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Checks the deployments without Knative: their types, that they fit together, and that they are as Knative's. */
class KubernetesTest {

    private static final String POD = "/spec/template/spec";
    private static final String CONTAINER = POD + "/containers/0";

    /** Each overlay with every component that goes with it. */
    private static final String FULL = """
            apiVersion: kustomize.config.k8s.io/v1beta1
            kind: Kustomization
            resources:
              - ../kubernetes/overlays/nvidia-gpu
            components:
              - ../kubernetes/components/keda-http
              - ../kubernetes/components/monitoring
              - ../components/state
              - ../components/hub
              - ../components/hub-cache
              - ../components/api-keys
            """;

    static List<Rendered> deployments() throws IOException {
        List<Rendered> deployments = new ArrayList<>();
        for (String overlay : Rendered.names("kubernetes/overlays")) {
            deployments.add(Renderings.folder("kubernetes/overlays/" + overlay));
        }
        deployments.add(full());
        return deployments;
    }

    private static Rendered full() throws IOException {
        return Renderings.own("kubernetes", FULL);
    }

    private static Manifest deployment(Rendered rendered) {
        return rendered.the("Deployment", "headroom");
    }

    private static JsonNode selector(Rendered rendered, String kind, String pointer) {
        return rendered.the(kind, "headroom").tree().at(pointer);
    }

    @ParameterizedTest
    @MethodSource("deployments")
    void everyFieldIsOneOfItsTypeAndNothingIsLost(Rendered rendered) throws IOException {
        for (Manifest resource : rendered.resources()) {
            assertEquals(resource.plain(), resource.roundTrip(), resource.kind() + " " + resource.name());
        }
    }

    @ParameterizedTest
    @MethodSource("deployments")
    void allOfItIsAboutThePodsOfTheDeployment(Rendered rendered) {
        Manifest deployment = deployment(rendered);
        assertTrue(deployment.tree().at("/spec/replicas").isMissingNode(), "whoever scales sets them");
        JsonNode labels = deployment.tree().at("/spec/template/metadata/labels");
        assertEquals(labels, deployment.tree().at("/spec/selector/matchLabels"));
        assertEquals(labels, selector(rendered, "Service", "/spec/selector"));
        assertEquals(labels, selector(rendered, "PodDisruptionBudget", "/spec/selector/matchLabels"));
        assertEquals(labels, selector(rendered, "NetworkPolicy", "/spec/podSelector/matchLabels"));
        rendered.the("ServiceAccount", deployment.text(POD + "/serviceAccountName"));
        deployment
                .tree()
                .findValues("claimName")
                .forEach(claim -> rendered.the("PersistentVolumeClaim", claim.asText()));
        Set<String> ports =
                new HashSet<>(deployment.tree().at(CONTAINER + "/ports").findValuesAsText("name"));
        rendered.the("Service", "headroom")
                .tree()
                .findValuesAsText("targetPort")
                .forEach(port -> assertTrue(ports.contains(port), port));
    }

    @ParameterizedTest
    @MethodSource("deployments")
    void thePodIsSafeAsKnativesIs(Rendered rendered) throws IOException {
        boolean gpu = !rendered.name().endsWith("cpu");
        JsonNode knative = Renderings.of(gpu ? "nvidia-gpu" : "cpu").service().tree();
        JsonNode own = deployment(rendered).tree();
        for (String field : List.of("/serviceAccountName", "/automountServiceAccountToken", "/enableServiceLinks")) {
            assertEquals(knative.at(POD + field), own.at(POD + field), field);
        }
        for (String field : List.of("/securityContext", "/resources", "/startupProbe/failureThreshold")) {
            assertEquals(knative.at(CONTAINER + field), own.at(CONTAINER + field), field);
        }
        for (String probe : List.of("/startupProbe", "/readinessProbe", "/livenessProbe")) {
            String path = CONTAINER + probe + "/httpGet/path";
            assertEquals(knative.at(path), own.at(path));
            assertEquals("http", own.at(CONTAINER + probe + "/httpGet/port").asText());
        }
    }

    @ParameterizedTest
    @MethodSource("deployments")
    void theGracePeriodHoldsTheDrain(Rendered rendered) throws IOException {
        long shutdown = ShutdownTimeout.seconds();
        JsonNode pod = deployment(rendered).tree();
        long pause = pod.at(CONTAINER + "/lifecycle/preStop/sleep/seconds").asLong();
        assertTrue(pause > 0, "a Service names the pod for a moment longer");
        assertTrue(pod.at(POD + "/terminationGracePeriodSeconds").asLong() >= pause + shutdown + 15);
    }

    @ParameterizedTest
    @CsvSource({"cpu, Resource", "nvidia-gpu, Pods"})
    void theAutoscalerScalesTheDeployment(String overlay, String metric) throws IOException {
        Rendered rendered = Renderings.folder("kubernetes/overlays/" + overlay);
        Manifest autoscaler = rendered.the("HorizontalPodAutoscaler", "headroom");
        Manifest deployment = deployment(rendered);
        assertEquals(deployment.name(), autoscaler.text("/spec/scaleTargetRef/name"));
        assertEquals(deployment.text("/apiVersion"), autoscaler.text("/spec/scaleTargetRef/apiVersion"));
        assertEquals(metric, autoscaler.text("/spec/metrics/0/type"));
    }

    @Test
    void theGpusMetricIsMadeOfMetricsThatExist() throws IOException {
        String rule = Files.readString(Rendered.ROOT.resolve("kubernetes/overlays/nvidia-gpu/adapter-rule.yaml"));
        String metric = Renderings.folder("kubernetes/overlays/nvidia-gpu")
                .the("HorizontalPodAutoscaler", "headroom")
                .text("/spec/metrics/0/pods/metric/name");
        assertTrue(rule.contains("as: " + metric), metric);
        String operations = Files.readString(Path.of("docs/operations.md"));
        Set<String> asked = new HashSet<>();
        Pattern.compile("(headroom_\\w+)\\{").matcher(rule).results().forEach(match -> asked.add(match.group(1)));
        assertEquals(Set.of("headroom_device_busy_seconds_total", "headroom_plan"), asked);
        asked.forEach(name -> assertTrue(operations.contains("`" + name), name));
    }

    @Test
    void kedaScalesInTheAutoscalersPlaceByKnativesNumbers() throws IOException {
        Rendered rendered = full();
        assertTrue(rendered.resources().stream()
                .noneMatch(resource -> resource.kind().equals("HorizontalPodAutoscaler")));
        Manifest scaled = rendered.the("HTTPScaledObject", "headroom");
        assertEquals(deployment(rendered).name(), scaled.text("/spec/scaleTargetRef/name"));
        Manifest service = rendered.the("Service", scaled.text("/spec/scaleTargetRef/service"));
        assertEquals(service.tree().at("/spec/ports/0/port"), scaled.tree().at("/spec/scaleTargetRef/port"));
        Manifest knative = Renderings.of("cpu").service();
        assertEquals(
                knative.text("/spec/template/metadata/annotations/autoscaling.knative.dev~1target"),
                scaled.text("/spec/scalingMetric/concurrency/targetValue"));
        String wait = knative.text("/spec/template/spec/timeoutSeconds") + "s";
        assertEquals(wait, scaled.text("/spec/timeouts/conditionWait"));
        assertTrue(rendered.the("NetworkPolicy", "headroom").tree().toString().contains("\"keda\""));
    }

    @Test
    void knativesComponentsChangeTheDeployment() throws IOException {
        Manifest deployment = deployment(full());
        List<String> variables = deployment.tree().at(CONTAINER + "/env").findValuesAsText("name");
        for (String variable :
                List.of("HEADROOM_STATE_DIR", "HF_HOME", "HF_HUB_CACHE", "HEADROOM_AUTH_API_KEYS_FILE")) {
            assertTrue(variables.contains(variable), variable);
        }
        assertEquals("10001", deployment.text(POD + "/securityContext/fsGroup"));
    }

    @Test
    void prometheusReadsTheManagementPort() throws IOException {
        Rendered rendered = full();
        JsonNode container = deployment(rendered).tree().at(CONTAINER);
        JsonNode endpoint = rendered.the("PodMonitor", "headroom").tree().at("/spec/podMetricsEndpoints/0");
        assertEquals(container.at("/ports/1/name"), endpoint.path("port"));
        assertEquals(
                container.at("/ports/1/containerPort").asText(),
                container.at("/env/0/value").asText());
        assertFalse(endpoint.has("relabelings"));
        assertEquals(
                deployment(rendered).tree().at("/spec/selector/matchLabels"),
                selector(rendered, "PodMonitor", "/spec/selector/matchLabels"));
    }
}
