package dev.headroom.knative;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Checks what Knative refuses, and what the documents promise an operator. */
class KnativeRulesTest {

    private static final String CONTAINER = "/spec/template/spec/containers/0/";

    static List<Rendered> deployments() throws IOException {
        return Renderings.all();
    }

    @ParameterizedTest
    @MethodSource("deployments")
    void knativesWebhookTakesEveryService(Rendered rendered) {
        rendered.resources().stream()
                .filter(resource -> resource.kind().equals("Service"))
                .forEach(service -> assertEquals(List.of(), new KnativeWebhook(service).refusals(), service.name()));
    }

    @Test
    void theWebhookRefusesWhatKnativeDoes() throws IOException {
        Manifest service = Manifest.all("""
                apiVersion: serving.knative.dev/v1
                kind: Service
                metadata: {name: s, annotations: {autoscaling.knative.dev/min-scale: "1"}}
                spec:
                  template:
                    metadata: {annotations: {autoscaling.knative.dev/scale-down-delay: 2h}}
                    spec:
                      timeoutSeconds: 601
                      terminationGracePeriodSeconds: 60
                      nodeSelector: {a: b}
                      containers:
                        - lifecycle: {}
                          ports: [{containerPort: 9090}]
                          env: [{name: PORT}, {name: A}, {name: A}]
                          readinessProbe: {failureThreshold: 3, httpGet: {port: 1}}
                          startupProbe: {httpGet: {path: /}}
                          volumeMounts: [{name: s, mountPath: /s}]
                      volumes: [{name: s, secret: {}}, {name: idle, emptyDir: {}}]
                """).getFirst();
        KnativeWebhook webhook = new KnativeWebhook(service);
        assertEquals(
                List.of(
                        "autoscaling annotations belong to the template",
                        "2h is longer than an hour",
                        "field terminationGracePeriodSeconds is never allowed",
                        "timeoutSeconds is above max-revision-timeout-seconds",
                        "field lifecycle of the container",
                        "PORT is reserved",
                        "A is set twice",
                        "a port of queue-proxy's",
                        "a probe of another port",
                        "Knative sets no port of a startup probe, and Kubernetes refuses it without",
                        "a readiness probe without a period has neither time-out nor threshold",
                        "s may be mounted readOnly only",
                        "idle is not mounted"),
                webhook.refusals());
        assertEquals(Set.of("kubernetes.podspec-nodeselector"), webhook.flags());
    }

    @ParameterizedTest
    @MethodSource("deployments")
    void nobodyOutsideOfTheClusterComesIn(Rendered rendered) {
        rendered.resources().stream()
                .filter(resource -> resource.kind().equals("Service"))
                .forEach(service -> assertEquals(
                        "cluster-local",
                        service.text("/metadata/labels/networking.knative.dev~1visibility"),
                        service.name()));
        JsonNode policy = rendered.the("NetworkPolicy", "headroom").tree().path("spec");
        assertEquals(
                "headroom",
                policy.at("/podSelector/matchLabels/serving.knative.dev~1service")
                        .asText());
        assertEquals("[\"Ingress\",\"Egress\"]", policy.path("policyTypes").toString());
        boolean hub = rendered.service().tree().toString().contains("HF_TOKEN");
        assertEquals(hub, policy.has("egress"), "nothing goes out but to the Hub");
        policy.path("egress")
                .forEach(rule -> rule.path("ports")
                        .forEach(port -> assertTrue(
                                List.of(443, 53).contains(port.path("port").asInt()))));
        policy.path("ingress")
                .forEach(rule -> assertTrue(
                        rule.path("from").size() > 0 && rule.path("ports").size() > 0));
    }

    @ParameterizedTest
    @MethodSource("deployments")
    void containersHaveNoMoreRightsThanTheyNeed(Rendered rendered) {
        rendered.resources().stream()
                .filter(resource -> resource.kind().equals("Service"))
                .forEach(service -> {
                    JsonNode context = service.tree().at(CONTAINER + "securityContext");
                    assertTrue(context.path("runAsNonRoot").asBoolean());
                    assertTrue(context.path("readOnlyRootFilesystem").asBoolean());
                    boolean restored =
                            service.name().equals("headroom") && rendered.name().contains("checkpoint");
                    assertEquals(
                            restored, context.path("allowPrivilegeEscalation").asBoolean(true));
                    assertEquals("[\"ALL\"]", context.at("/capabilities/drop").toString());
                    assertEquals(
                            restored ? "[\"CHECKPOINT_RESTORE\",\"SYS_PTRACE\"]" : "",
                            context.at("/capabilities/add").toString());
                    assertEquals(
                            restored ? "Unconfined" : "RuntimeDefault",
                            context.at("/seccompProfile/type").asText());
                    assertFalse(service.tree()
                            .at("/spec/template/spec/automountServiceAccountToken")
                            .asBoolean(true));
                    assertFalse(service.tree()
                            .at("/spec/template/spec/enableServiceLinks")
                            .asBoolean(true));
                    assertFalse(service.tree().at(CONTAINER).has("command"), "the image knows how it starts");
                });
    }

    @ParameterizedTest
    @MethodSource("deployments")
    void probesAskWhatTheyAreFor(Rendered rendered) {
        Manifest service = rendered.service();
        assertEquals("/q/health/started", service.text(CONTAINER + "startupProbe/httpGet/path"));
        assertEquals("/q/health/ready", service.text(CONTAINER + "readinessProbe/httpGet/path"));
        assertEquals("/q/health/live", service.text(CONTAINER + "livenessProbe/httpGet/path"));
        assertFalse(
                service.tree().at(CONTAINER + "readinessProbe").has("periodSeconds"), "queue-proxy asks all the time");
    }

    @Test
    void grpcNeedsAPortOfThatName() throws IOException {
        assertEquals("h2c", Renderings.of("cpu+h2c").service().text(CONTAINER + "ports/0/name"));
        assertEquals("8080", Renderings.of("cpu+h2c").service().text(CONTAINER + "ports/0/containerPort"));
    }
}
