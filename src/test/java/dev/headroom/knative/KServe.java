package dev.headroom.knative;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.Lifecycle;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import java.util.List;
import java.util.Map;

/** KServe's resources as its published schemas have them, as far as they are used here; fabric8 has no models of them. */
final class KServe {

    private KServe() {}

    /** How pods serve models of some formats. */
    record ServingRuntime(String apiVersion, String kind, ObjectMeta metadata, Spec spec) {

        record Spec(
                Map<String, String> annotations,
                List<Format> supportedModelFormats,
                List<String> protocolVersions,
                List<Container> containers,
                List<Volume> volumes) {}
    }

    /** A format of models. */
    record Format(String name, String version) {}

    /** A model that is served, with the pod's and the scaling's settings. */
    record InferenceService(String apiVersion, String kind, ObjectMeta metadata, Spec spec) {

        record Spec(Predictor predictor) {}

        record Predictor(
                Map<String, String> annotations,
                String serviceAccountName,
                Boolean automountServiceAccountToken,
                Boolean enableServiceLinks,
                Long terminationGracePeriodSeconds,
                List<Volume> volumes,
                Integer minReplicas,
                Integer maxReplicas,
                Long containerConcurrency,
                String scaleMetric,
                Integer scaleTarget,
                Long timeout,
                Model model) {}

        record Model(
                String runtime,
                Format modelFormat,
                String protocolVersion,
                String storageUri,
                List<EnvVar> env,
                List<ContainerPort> ports,
                ResourceRequirements resources,
                List<VolumeMount> volumeMounts,
                Lifecycle lifecycle) {}
    }
}
