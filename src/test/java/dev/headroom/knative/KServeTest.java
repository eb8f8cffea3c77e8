package dev.headroom.knative;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Checks the runtime for KServe, and the Knative Services that KServe makes of it and of each example. */
class KServeTest {

    /** As KServe's webhook has it. */
    private static final Pattern NAME = Pattern.compile("[a-z]([-a-z0-9]*[a-z0-9])?");

    private static Manifest runtime() throws IOException {
        return Renderings.folder("kserve").the("ServingRuntime", "headroom");
    }

    static List<Manifest> examples() throws IOException {
        return Renderings.folder("kserve/examples").resources();
    }

    private static Manifest example(String name) throws IOException {
        return Renderings.folder("kserve/examples").the("InferenceService", name);
    }

    /** The container that KServe puts together: the InferenceService's entries replace those of the runtime that have their names. */
    private static Manifest service(Manifest example) throws IOException {
        JsonNode predictor = example.tree().at("/spec/predictor");
        ObjectNode container = runtime().tree().at("/spec/containers/0").deepCopy();
        merge(container, predictor.path("model"), "env", "name");
        merge(container, predictor.path("model"), "ports", "containerPort");
        merge(container, predictor.path("model"), "volumeMounts", "name");
        if (predictor.at("/model").has("resources")) {
            container.set("resources", predictor.at("/model/resources"));
        }
        ObjectNode pod = new ObjectMapper().createObjectNode();
        pod.putArray("containers").add(container);
        pod.set("volumes", runtime().tree().at("/spec/volumes").deepCopy());
        merge(pod, predictor, "volumes", "name");
        for (String field : List.of("serviceAccountName", "automountServiceAccountToken", "enableServiceLinks")) {
            pod.set(field, predictor.get(field));
        }
        pod.set("containerConcurrency", predictor.get("containerConcurrency"));
        pod.set("timeoutSeconds", predictor.get("timeout"));
        ObjectNode service = new ObjectMapper().createObjectNode();
        service.putObject("spec").putObject("template").set("spec", pod);
        return new Manifest(new ObjectMapper().readTree(service.toString().replace("{{.Name}}", example.name())));
    }

    private static void merge(ObjectNode into, JsonNode from, String field, String key) {
        ArrayNode all = into.withArray("/" + field);
        for (JsonNode entry : from.path(field)) {
            for (int i = 0; i < all.size(); i++) {
                if (all.get(i).path(key).equals(entry.path(key))) {
                    all.remove(i);
                    break;
                }
            }
            all.add(entry);
        }
    }

    private static Map<String, String> env(Manifest service) {
        Map<String, String> env = new HashMap<>();
        service.tree()
                .at("/spec/template/spec/containers/0/env")
                .forEach(variable -> env.put(
                        variable.path("name").asText(), variable.path("value").asText()));
        return env;
    }

    private static boolean onKnative(Manifest example) {
        return !example.text("/metadata/annotations/serving.kserve.io~1deploymentMode")
                .equals("Standard");
    }

    @Test
    void everyFieldIsOneOfItsTypeAndNothingIsLost() throws IOException {
        for (Manifest resource : Renderings.folder("kserve").resources()) {
            assertEquals(resource.plain(), resource.roundTrip(), resource.name());
        }
        assertEquals(6, examples().size());
        for (Manifest example : examples()) {
            assertEquals(example.plain(), example.roundTrip(), example.name());
        }
    }

    @ParameterizedTest
    @MethodSource("examples")
    void knativeTakesWhatKServeMakesOfIt(Manifest example) throws IOException {
        if (onKnative(example)) {
            KnativeWebhook webhook = new KnativeWebhook(service(example));
            assertEquals(List.of(), webhook.refusals());
            assertEquals(Set.of(), webhook.flags());
        }
    }

    @ParameterizedTest
    @MethodSource("examples")
    void itNamesTheRuntimeAndAProtocolAndAFormatOfIt(Manifest example) throws IOException {
        assertTrue(NAME.matcher(example.name()).matches(), example.name());
        assertEquals(runtime().name(), example.text("/spec/predictor/model/runtime"));
        assertTrue(values(runtime().tree().at("/spec/protocolVersions"))
                .contains(example.text("/spec/predictor/model/protocolVersion")));
        assertTrue(runtime().tree().at("/spec/supportedModelFormats").findValuesAsText("name").stream()
                .anyMatch(example.text("/spec/predictor/model/modelFormat/name")::equals));
        Renderings.folder("kserve").the("ServiceAccount", example.text("/spec/predictor/serviceAccountName"));
    }

    private static Set<String> values(JsonNode texts) {
        Set<String> values = new TreeSet<>();
        texts.forEach(text -> values.add(text.asText()));
        return values;
    }

    @ParameterizedTest
    @CsvSource({
        "products, products=/mnt/models",
        "products-gpu, products-gpu=/mnt/models",
        "both, /mnt/models",
        "sentences, sentences=onnx-community/bge-small-en-v1.5-ONNX",
    })
    void theModelHasTheNameThatClientsUse(String name, String models) throws IOException {
        assertEquals(models, env(service(example(name))).get("HEADROOM_MODELS"));
    }

    @ParameterizedTest
    @CsvSource({"products, cpu", "sentences, cpu", "products-gpu, nvidia-gpu"})
    void theNumbersAreThoseOfKnativesOverlay(String name, String overlay) throws IOException {
        JsonNode predictor = example(name).tree().at("/spec/predictor");
        Manifest knative = Renderings.of(overlay).service();
        JsonNode pod = knative.tree().at("/spec/template/spec");
        assertEquals(pod.path("containerConcurrency"), predictor.path("containerConcurrency"));
        assertEquals(pod.path("timeoutSeconds"), predictor.path("timeout"));
        assertEquals(
                knative.text("/spec/template/metadata/annotations/autoscaling.knative.dev~1target"),
                predictor.path("scaleTarget").asText());
        Manifest made = service(example(name));
        assertEquals(pod.at("/containers/0/resources"), made.tree().at("/spec/template/spec/containers/0/resources"));
        assertEquals(
                pod.at("/containers/0/securityContext"),
                made.tree().at("/spec/template/spec/containers/0/securityContext"));
        assertTrue(made.tree()
                        .at("/spec/template/spec/containers/0/startupProbe/failureThreshold")
                        .asInt()
                <= predictor.path("timeout").asInt());
    }

    @Test
    void grpcHasTheNameThatMakesTheProxySpeakHttp2() throws IOException {
        JsonNode ports = service(example("products-grpc")).tree().at("/spec/template/spec/containers/0/ports");
        assertEquals(1, ports.size());
        assertEquals("h2c", ports.at("/0/name").asText());
    }

    @Test
    void prometheusIsSentToTheManagementPort() throws IOException {
        assertEquals(
                env(service(example("products"))).get("HEADROOM_MANAGEMENT_PORT"),
                runtime().text("/spec/annotations/prometheus.kserve.io~1port"));
    }
}
