package dev.headroom.knative;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Checks the output of kustomize for {@code knative/} against the types of Kubernetes and Knative, and that all references resolve. */
class ManifestsTest {

    static List<Rendered> everything() throws IOException {
        List<Rendered> everything = new ArrayList<>(Renderings.all());
        everything.add(Renderings.sources());
        return everything;
    }

    static List<Rendered> deployments() throws IOException {
        return Renderings.all();
    }

    @ParameterizedTest
    @MethodSource("everything")
    void everyFieldIsOneOfItsTypeAndNothingIsLost(Rendered rendered) throws IOException {
        for (Manifest resource : rendered.resources()) {
            assertEquals(resource.plain(), resource.roundTrip(), resource.kind() + " " + resource.name());
        }
    }

    @Test
    void aFieldThatTheTypeLacksIsAnError() throws IOException {
        Manifest trigger = Manifest.all("""
                apiVersion: eventing.knative.dev/v1
                kind: Trigger
                metadata: {name: t}
                spec:
                  delivery: {backoffMaximum: PT1M}
                """).getFirst();
        String message = assertThrows(UnrecognizedPropertyException.class, trigger::roundTrip)
                .getMessage();
        assertTrue(message.contains("backoffMaximum"), message);
    }

    @ParameterizedTest
    @MethodSource("everything")
    void imagesAreNamesThatAnOverlayReplaces(Rendered rendered) {
        for (Manifest resource : rendered.resources()) {
            for (JsonNode image : resource.tree().findValues("image")) {
                assertTrue(image.asText().matches("headroom|headroom-worker|event-display"), image.asText());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("deployments")
    void whatIsReferredToIsThere(Rendered rendered) {
        Manifest trigger = rendered.the("Trigger", "headroom");
        rendered.the("Broker", trigger.text("/spec/broker"));
        refersTo(rendered, trigger, "/spec/subscriber/ref");
        refersTo(rendered, trigger, "/spec/delivery/deadLetterSink/ref");
        rendered.resources().stream()
                .filter(resource -> resource.kind().equals("Service"))
                .forEach(service ->
                        rendered.the("ServiceAccount", service.text("/spec/template/spec/serviceAccountName")));
        rendered.service()
                .tree()
                .findValues("claimName")
                .forEach(claim -> rendered.the("PersistentVolumeClaim", claim.asText()));
        JsonNode config = rendered.the("Broker", "headroom").tree().at("/spec/config");
        if (!config.isMissingNode()) {
            rendered.the(config.path("kind").asText(), config.path("name").asText());
        }
    }

    @Test
    void sourcesSendWhereTheTriggerListens() throws IOException {
        Rendered sources = Renderings.sources();
        Rendered cpu = Renderings.of("cpu");
        Rendered all = new Rendered(
                "sources beside cpu",
                Stream.concat(sources.resources().stream(), cpu.resources().stream())
                        .toList());
        for (Manifest source : sources.resources()) {
            refersTo(all, source, "/spec/sink/ref");
        }
        refersTo(all, sources.the("KafkaSource", "headroom"), "/spec/delivery/deadLetterSink/ref");
        String type = cpu.the("Trigger", "headroom").text("/spec/filter/attributes/type");
        assertTrue(sources.the("EventTransform", "headroom-ask")
                .text("/spec/jsonata/expression")
                .contains("\"type\": \"" + type + "\""));
        assertEquals("unordered", sources.the("KafkaSource", "headroom").text("/spec/ordering"));
        String data = sources.the("PingSource", "headroom-wake").text("/spec/data");
        assertTrue(new ObjectMapper().readTree(data).has("inputs"), data);
    }

    private static void refersTo(Rendered rendered, Manifest resource, String ref) {
        Manifest other = rendered.the(resource.text(ref + "/kind"), resource.text(ref + "/name"));
        assertEquals(other.text("/apiVersion"), resource.text(ref + "/apiVersion"));
    }

    @ParameterizedTest
    @CsvSource({
        "rabbitmq, queueName, HEADROOM_WORKER_RABBITMQ_QUEUE",
        "kafka, topic, HEADROOM_WORKER_KAFKA_TOPICS",
        "kafka, consumerGroup, HEADROOM_WORKER_KAFKA_GROUP",
        "kafka, bootstrapServers, HEADROOM_WORKER_KAFKA_BOOTSTRAP_SERVERS",
    })
    void kedaCountsWhatTheWorkerTakes(String broker, String parameter, String setting) throws IOException {
        Rendered rendered = Renderings.of("cpu+keda-" + broker);
        Manifest scaled = rendered.the("ScaledObject", "headroom-" + broker + "-worker");
        Manifest worker = rendered.the("Deployment", scaled.text("/spec/scaleTargetRef/name"));
        assertTrue(worker.tree().at("/spec/replicas").isMissingNode(), "KEDA sets them");
        String set = "";
        for (JsonNode variable : worker.tree().at("/spec/template/spec/containers/0/env")) {
            if (variable.path("name").asText().equals(setting)) {
                set = variable.path("value").asText();
            }
        }
        assertEquals(set, scaled.text("/spec/triggers/0/metadata/" + parameter));
    }

    @Test
    void kedaReadsTheSecretThatTheWorkerReads() throws IOException {
        Rendered rendered = Renderings.of("cpu+keda-rabbitmq");
        String name = rendered.the("ScaledObject", "headroom-rabbitmq-worker")
                .text("/spec/triggers/0/authenticationRef/name");
        Manifest authentication = rendered.the("TriggerAuthentication", name);
        JsonNode secret =
                rendered.the("Deployment", "headroom-rabbitmq-worker").tree().findValue("secretKeyRef");
        assertEquals(secret.path("name").asText(), authentication.text("/spec/secretTargetRef/0/name"));
        assertEquals(secret.path("key").asText(), authentication.text("/spec/secretTargetRef/0/key"));
    }

    @Test
    void prometheusIsSentToThePortThatIsOpenForIt() throws IOException {
        Rendered rendered = Renderings.of("cpu+monitoring");
        String port = rendered.service().text("/spec/template/spec/containers/0/env/0/value");
        assertEquals(
                "HEADROOM_MANAGEMENT_PORT", rendered.service().text("/spec/template/spec/containers/0/env/0/name"));
        assertEquals(
                "${1}:" + port,
                rendered.the("PodMonitor", "headroom").text("/spec/podMetricsEndpoints/0/relabelings/0/replacement"));
        assertEquals(port, rendered.the("NetworkPolicy", "headroom").text("/spec/ingress/1/ports/0/port"));
    }
}
