package dev.headroom.knative;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.fabric8.knative.eventing.v1.Broker;
import io.fabric8.knative.eventing.v1.Trigger;
import io.fabric8.knative.eventing.v1alpha1.EventTransform;
import io.fabric8.knative.serving.v1.Service;
import io.fabric8.knative.sources.v1.KafkaSource;
import io.fabric8.knative.sources.v1.PingSource;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.openshift.api.model.monitoring.v1.PodMonitor;
import io.fabric8.openshift.api.model.monitoring.v1.PrometheusRule;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** One resource as it is written. */
record Manifest(JsonNode tree) {

    private static final Map<String, Class<?>> TYPES = Map.ofEntries(
            Map.entry("serving.knative.dev/v1 Service", Service.class),
            Map.entry("eventing.knative.dev/v1 Broker", Broker.class),
            Map.entry("eventing.knative.dev/v1 Trigger", Trigger.class),
            Map.entry("eventing.knative.dev/v1alpha1 EventTransform", EventTransform.class),
            Map.entry("eventing.knative.dev/v1alpha1 RabbitmqBrokerConfig", RabbitmqBrokerConfig.class),
            Map.entry("sources.knative.dev/v1 PingSource", PingSource.class),
            Map.entry("sources.knative.dev/v1 KafkaSource", KafkaSource.class),
            Map.entry("v1 ConfigMap", ConfigMap.class),
            Map.entry("keda.sh/v1alpha1 ScaledObject", Keda.ScaledObject.class),
            Map.entry("keda.sh/v1alpha1 TriggerAuthentication", Keda.TriggerAuthentication.class),
            Map.entry("http.keda.sh/v1alpha1 HTTPScaledObject", Keda.HttpScaledObject.class),
            Map.entry("serving.kserve.io/v1alpha1 ServingRuntime", KServe.ServingRuntime.class),
            Map.entry("serving.kserve.io/v1beta1 InferenceService", KServe.InferenceService.class),
            Map.entry("autoscaling/v2 HorizontalPodAutoscaler", HorizontalPodAutoscaler.class),
            Map.entry("policy/v1 PodDisruptionBudget", PodDisruptionBudget.class),
            Map.entry("v1 Service", io.fabric8.kubernetes.api.model.Service.class),
            Map.entry("apps/v1 Deployment", Deployment.class),
            Map.entry("v1 ServiceAccount", ServiceAccount.class),
            Map.entry("v1 PersistentVolumeClaim", PersistentVolumeClaim.class),
            Map.entry("networking.k8s.io/v1 NetworkPolicy", NetworkPolicy.class),
            Map.entry("monitoring.coreos.com/v1 PodMonitor", PodMonitor.class),
            Map.entry("monitoring.coreos.com/v1 PrometheusRule", PrometheusRule.class));

    private static final ObjectMapper STRICT = new ObjectMapper()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .setAnnotationIntrospector(new NothingElse());

    /** The models keep fields that they do not know in a map of others: here they are to fail. */
    private static final class NothingElse extends JacksonAnnotationIntrospector {

        private static final long serialVersionUID = 1;

        @Override
        public Boolean hasAnySetter(Annotated annotated) {
            return false;
        }

        @Override
        public Boolean hasAnyGetter(Annotated annotated) {
            return false;
        }
    }

    /** As the broker's published schema has it; fabric8 has no model of it. */
    private record RabbitmqBrokerConfig(String apiVersion, String kind, ObjectMeta metadata, Spec spec) {

        private record Spec(String vhost, String queueType, Cluster rabbitmqClusterReference) {}

        private record Cluster(String name, String namespace, Secret connectionSecret) {}

        private record Secret(String name) {}
    }

    /** Those of several YAML documents. */
    static List<Manifest> all(String yaml) throws IOException {
        ObjectMapper mapper = new YAMLMapper();
        return mapper.readerFor(JsonNode.class).<JsonNode>readValues(yaml).readAll().stream()
                .map(Manifest::new)
                .toList();
    }

    String kind() {
        return tree.path("kind").asText();
    }

    String name() {
        return tree.at("/metadata/name").asText();
    }

    /** The text at a place; empty where there is none. */
    String text(String pointer) {
        return tree.at(pointer).asText();
    }

    /** The resource in the model of its kind. It is an error to have a field that the model lacks. */
    Object typed() throws JsonProcessingException {
        String kind = text("/apiVersion") + " " + kind();
        if (!TYPES.containsKey(kind)) {
            throw new IllegalArgumentException("there is no model of " + kind);
        }
        return STRICT.treeToValue(tree, TYPES.get(kind));
    }

    /** The manifest as the model reads it: the same, unless something was dropped, renamed or of another type. */
    JsonNode roundTrip() throws JsonProcessingException {
        return plain(STRICT.writeValueAsString(withoutNulls(STRICT.valueToTree(typed()))));
    }

    /** The same without the types of numbers. */
    JsonNode plain() throws JsonProcessingException {
        return plain(tree.toString());
    }

    private static JsonNode plain(String json) throws JsonProcessingException {
        return new ObjectMapper().readTree(json);
    }

    private static JsonNode withoutNulls(JsonNode tree) {
        tree.forEach(Manifest::withoutNulls);
        if (tree instanceof ObjectNode object) {
            List.copyOf(object.properties()).stream()
                    .filter(field -> field.getValue().isNull())
                    .forEach(field -> object.remove(field.getKey()));
        }
        return tree;
    }
}
