package dev.headroom.knative;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * The checks of Knative Serving's webhook for a Service: its types hold all of a pod's fields, but the webhook refuses most of them,
 * some unless a feature flag is on. Written after {@code pkg/apis/serving} of knative/serving, August 2026.
 */
final class KnativeWebhook {

    private static final Set<String> POD_FIELDS = Set.of(
            "serviceAccountName",
            "containers",
            "volumes",
            "imagePullSecrets",
            "enableServiceLinks",
            "automountServiceAccountToken",
            "containerConcurrency",
            "timeoutSeconds",
            "responseStartTimeoutSeconds",
            "idleTimeoutSeconds");

    private static final Map<String, String> FLAGGED_POD_FIELDS = Map.of(
            "affinity", "kubernetes.podspec-affinity",
            "nodeSelector", "kubernetes.podspec-nodeselector",
            "tolerations", "kubernetes.podspec-tolerations",
            "runtimeClassName", "kubernetes.podspec-runtimeclassname",
            "securityContext", "kubernetes.podspec-securitycontext",
            "priorityClassName", "kubernetes.podspec-priorityclassname",
            "initContainers", "kubernetes.podspec-init-containers");

    private static final Set<String> CONTAINER_FIELDS = Set.of(
            "name",
            "args",
            "command",
            "env",
            "workingDir",
            "envFrom",
            "image",
            "imagePullPolicy",
            "livenessProbe",
            "ports",
            "readinessProbe",
            "resources",
            "securityContext",
            "startupProbe",
            "terminationMessagePath",
            "terminationMessagePolicy",
            "volumeMounts");

    private static final Set<String> SECURITY_FIELDS = Set.of(
            "capabilities",
            "readOnlyRootFilesystem",
            "runAsUser",
            "runAsGroup",
            "runAsNonRoot",
            "allowPrivilegeEscalation",
            "seccompProfile");

    private static final Map<String, String> VOLUME_KINDS = Map.of(
            "secret",
            "",
            "configMap",
            "",
            "projected",
            "",
            "emptyDir",
            "",
            "persistentVolumeClaim",
            "kubernetes.podspec-persistent-volume-claim",
            "image",
            "kubernetes.podspec-volumes-image",
            "csi",
            "kubernetes.podspec-volumes-csi");

    private static final Set<String> RESERVED_VARIABLES = Set.of("PORT", "K_SERVICE", "K_CONFIGURATION", "K_REVISION");

    /** queue-proxy's, in the same pod. */
    private static final Set<Integer> RESERVED_PORTS = Set.of(8008, 8012, 8013, 8022, 8112, 9090, 9091);

    private static final Duration LONGEST_WINDOW = Duration.ofHours(1);

    private final List<String> refusals = new ArrayList<>();
    private final Set<String> flags = new TreeSet<>();

    /** Asks it about a Service. */
    KnativeWebhook(Manifest service) {
        metadata(service);
        JsonNode pod = service.tree().at("/spec/template/spec");
        names(pod)
                .filter(field -> !POD_FIELDS.contains(field))
                .forEach(field -> flagged("field", field, FLAGGED_POD_FIELDS));
        check(!pod.path("automountServiceAccountToken").asBoolean(), "automountServiceAccountToken may be false only");
        check(pod.path("timeoutSeconds").asLong() <= 600, "timeoutSeconds is above max-revision-timeout-seconds");
        check(pod.path("containerConcurrency").asLong() <= 1000, "containerConcurrency is above its limit");
        check(pod.path("containers").size() == 1, "more than one container");
        container(pod.at("/containers/0"));
        volumes(pod);
    }

    /** Fields that it refuses whatever feature is on. */
    List<String> refusals() {
        return refusals;
    }

    /** The feature flags that have to be on. */
    Set<String> flags() {
        return flags;
    }

    private void check(boolean holds, String refusal) {
        if (!holds) {
            refusals.add(refusal);
        }
    }

    private void flagged(String what, String name, Map<String, String> known) {
        String flag = known.get(name);
        check(flag != null, what + " " + name + " is never allowed");
        if (flag != null && !flag.isEmpty()) {
            flags.add(flag);
        }
    }

    private void metadata(Manifest service) {
        check(
                names(service.tree().at("/metadata/annotations")).noneMatch(name -> name.startsWith("autoscaling.")),
                "autoscaling annotations belong to the template");
        JsonNode annotations = service.tree().at("/spec/template/metadata/annotations");
        annotations.forEach(value -> check(value.isTextual(), "an annotation is a text: " + value));
        int most = annotations.path("autoscaling.knative.dev/max-scale").asInt();
        check(
                most == 0
                        || most
                                >= annotations
                                        .path("autoscaling.knative.dev/min-scale")
                                        .asInt(),
                "max-scale is less than min-scale");
        Stream.of("scale-to-zero-pod-retention-period", "scale-down-delay", "window")
                .map(name -> annotations.path("autoscaling.knative.dev/" + name).asText("0s"))
                .forEach(time -> check(
                        Duration.parse("PT" + (time.isEmpty() ? "0s" : time)).compareTo(LONGEST_WINDOW) <= 0,
                        time + " is longer than an hour"));
    }

    private void container(JsonNode container) {
        names(container)
                .forEach(field -> check(CONTAINER_FIELDS.contains(field), "field " + field + " of the container"));
        names(container.path("securityContext"))
                .forEach(field -> check(SECURITY_FIELDS.contains(field), "field " + field + " of its securityContext"));
        if (container.at("/securityContext/capabilities").has("add")) {
            flags.add("kubernetes.containerspec-addcapabilities");
        }
        Set<String> variables = new HashSet<>();
        container.path("env").forEach(variable -> {
            String name = variable.path("name").asText();
            check(!RESERVED_VARIABLES.contains(name), name + " is reserved");
            check(variables.add(name), name + " is set twice");
        });
        check(container.path("ports").size() == 1, "one port");
        JsonNode port = container.at("/ports/0");
        check(!RESERVED_PORTS.contains(port.path("containerPort").asInt()), "a port of queue-proxy's");
        check(Set.of("", "h2c", "http1").contains(port.path("name").asText()), "no name of a port");
        Stream.of("startupProbe", "readinessProbe", "livenessProbe")
                .map(container::path)
                .map(probe -> probe.path("httpGet"))
                .filter(asked -> asked.has("port"))
                .forEach(asked ->
                        check(asked.path("port").equals(port.path("containerPort")), "a probe of another port"));
        check(
                !container.has("startupProbe")
                        || container.at("/startupProbe/httpGet").has("port"),
                "Knative sets no port of a startup probe, and Kubernetes refuses it without");
        JsonNode ready = container.path("readinessProbe");
        check(
                ready.path("periodSeconds").asInt() > 0
                        || !ready.has("failureThreshold") && !ready.has("timeoutSeconds"),
                "a readiness probe without a period has neither time-out nor threshold");
    }

    private void volumes(JsonNode pod) {
        Set<String> paths = new HashSet<>();
        Set<String> mounted = new HashSet<>();
        pod.at("/containers/0/volumeMounts").forEach(mount -> {
            mounted.add(mount.path("name").asText());
            String path = mount.path("mountPath").asText();
            check(path.startsWith("/") && !Set.of("/", "/dev", "/dev/log").contains(path) && paths.add(path), path);
        });
        pod.path("volumes").forEach(volume -> {
            String name = volume.path("name").asText();
            check(mounted.remove(name), name + " is not mounted");
            names(volume).filter(field -> !field.equals("name")).forEach(kind -> flagged("volume", kind, VOLUME_KINDS));
            if (volume.has("persistentVolumeClaim")
                    && !volume.at("/persistentVolumeClaim/readOnly").asBoolean()) {
                flags.add("kubernetes.podspec-persistent-volume-write");
            }
            check(
                    volume.has("emptyDir") || volume.has("persistentVolumeClaim") || readOnly(pod, name),
                    name + " may be mounted readOnly only");
        });
        check(mounted.isEmpty(), "no volumes: " + mounted);
    }

    private static boolean readOnly(JsonNode pod, String volume) {
        return StreamSupport.stream(pod.at("/containers/0/volumeMounts").spliterator(), false)
                .filter(mount -> mount.path("name").asText().equals(volume))
                .allMatch(mount -> mount.path("readOnly").asBoolean());
    }

    private static Stream<String> names(JsonNode object) {
        return object.properties().stream().map(Map.Entry::getKey);
    }
}
