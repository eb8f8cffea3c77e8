package dev.headroom.forecast;

import dev.headroom.device.Bytes;
import dev.headroom.plan.KnativePlan;
import dev.headroom.plan.ModelPlan;
import dev.headroom.plan.Setting;
import dev.headroom.plan.Source;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/**
 * A kustomize overlay on top of {@code knative/overlays/nvidia-gpu} with the numbers for one device. Where several models share
 * the device, each number is the largest of the models'.
 */
public record KnativeYaml(Forecast.Served forecast) {

    /** The image gives the heap a quarter of the pod's memory, and the JVM direct memory as much again. */
    private static final long HEAPS = 4;

    /** The memory of the host for CUDA and the JVM beside the heap. */
    private static final long OWN_BYTES = 1L << 30;

    private static final String OVERLAY = """
            # Headroom on %s (%s), serving %s.
            # Printed by plan --format knative, to be kept as knative/overlays/NAME/kustomization.yaml. The numbers hold with the
            # HEADROOM_* settings that it was printed with: set the same here. It goes to any GPU node; docs/deploy.md says how to
            # keep it on those with this GPU.
            %sapiVersion: kustomize.config.k8s.io/v1beta1
            kind: Kustomization
            resources:
              - ../nvidia-gpu
            patches:
              - target:
                  group: serving.knative.dev
                  kind: Service
                  name: headroom
                patch: |-
            %s  - target:
                  group: eventing.knative.dev
                  kind: Trigger
                  name: headroom
                patch: |-
            %s""";

    private static final String TEMPLATE = "spec/template/";

    /** Quotes the number, because annotations are texts. */
    private static final String QUOTED = "\"%d\"";

    private static final String CHANGE = """
                  # %s.
                  - op: replace
                    path: /%s
                    value: %s
            """;

    /** The overlay; the reason for each number stands above it. */
    public String text() {
        return OVERLAY.formatted(
                forecast.device().name(),
                Bytes.text(forecast.device().totalBytes()),
                names(),
                costs(),
                serviceChanges(),
                change(
                        "metadata/annotations/rabbitmq.eventing.knative.dev~1parallelism",
                        QUOTED,
                        most(KnativePlan::parallelism)));
    }

    private String serviceChanges() {
        Setting timeout = most(KnativePlan::timeoutSeconds);
        Setting memory = memory();
        return change(TEMPLATE + "spec/containerConcurrency", "%d", most(KnativePlan::containerConcurrency))
                + change(
                        TEMPLATE + "metadata/annotations/autoscaling.knative.dev~1target",
                        QUOTED,
                        most(KnativePlan::autoscalingTarget))
                + change(TEMPLATE + "spec/timeoutSeconds", "%d", timeout)
                + change(TEMPLATE + "spec/responseStartTimeoutSeconds", "%d", timeout)
                + change(TEMPLATE + "spec/containers/0/resources/requests/memory", "%dGi", memory)
                + change(TEMPLATE + "spec/containers/0/resources/limits/memory", "%dGi", memory);
    }

    private static String change(String path, String form, Setting setting) {
        String reason = setting.reason();
        return CHANGE.formatted(
                Character.toUpperCase(reason.charAt(0)) + reason.substring(1), path, form.formatted(setting.value()));
    }

    private String names() {
        return forecast.models().stream().map(KnativeYaml::name).collect(Collectors.joining(", "));
    }

    private static String name(ModelForecast model) {
        return model.planned().model().name().replaceAll("\\p{Cntrl}", " ");
    }

    /** A line for each cost that is known. */
    private String costs() {
        return forecast.models().stream()
                .flatMap(model -> forecast.costs(model).stream()
                        .map(cost -> "# A million items of %s, while it is always busy: %s.%n"
                                .formatted(name(model), cost.words())))
                .collect(Collectors.joining());
    }

    private Setting most(Function<KnativePlan, Setting> number) {
        return forecast.models().stream()
                .map(model -> number.apply(model.planned().plan().knative()))
                .reduce((one, other) -> other.value() > one.value() ? other : one)
                .orElseThrow();
    }

    /** The pod's memory in GiB. */
    private Setting memory() {
        long direct = sum(model -> model.plan().directMemory().value());
        long weights = sum(model -> model.model().weightBytes());
        long gibibytes = Math.ceilDiv(Math.max(HEAPS * direct, 2 * (OWN_BYTES + weights)), 1L << 30);
        String reason =
                "a quarter for the heap, one for direct memory (batches take %s), half for CUDA, the JVM and weights (%s)"
                        .formatted(Bytes.text(direct), Bytes.text(OWN_BYTES + weights));
        return new Setting(gibibytes, "GiB", Source.DEFAULT, reason);
    }

    private long sum(ToLongFunction<ModelPlan> bytes) {
        return forecast.models().stream()
                .map(ModelForecast::planned)
                .mapToLong(bytes)
                .sum();
    }
}
