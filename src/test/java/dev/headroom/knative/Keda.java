package dev.headroom.knative;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.util.List;

/** KEDA's resources as its published schemas have them, as far as they are used here; fabric8 has no models of them. */
final class Keda {

    private Keda() {}

    /** What scales a deployment, and by what. */
    record ScaledObject(String apiVersion, String kind, ObjectMeta metadata, Spec spec) {

        record Spec(
                Target scaleTargetRef,
                Integer minReplicaCount,
                Integer maxReplicaCount,
                Integer pollingInterval,
                Integer cooldownPeriod,
                List<Trigger> triggers) {}

        record Target(String name) {}

        record Trigger(String type, Parameters metadata, Reference authenticationRef) {}

        /** The parameters of the scalers rabbitmq and kafka; all are strings. */
        record Parameters(
                String protocol,
                String queueName,
                String mode,
                String value,
                String bootstrapServers,
                String consumerGroup,
                String topic,
                String lagThreshold,
                String offsetResetPolicy) {}

        record Reference(String name) {}
    }

    /** Where a trigger's secrets are. */
    record TriggerAuthentication(String apiVersion, String kind, ObjectMeta metadata, Spec spec) {

        record Spec(List<OfSecret> secretTargetRef) {}

        record OfSecret(String parameter, String name, String key) {}
    }

    /** The target that the HTTP add-on scales, and the measure. */
    record HttpScaledObject(String apiVersion, String kind, ObjectMeta metadata, Spec spec) {

        record Spec(
                List<String> hosts,
                Target scaleTargetRef,
                Replicas replicas,
                Metric scalingMetric,
                Integer scaledownPeriod,
                Timeouts timeouts) {}

        record Target(String apiVersion, String kind, String name, String service, Integer port) {}

        record Replicas(Integer min, Integer max) {}

        record Metric(Concurrency concurrency) {}

        record Concurrency(Integer targetValue) {}

        record Timeouts(String conditionWait, String responseHeader) {}
    }
}
