package dev.headroom.knative;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.headroom.forecast.DeviceCatalogue;
import dev.headroom.model.ModelRepository;
import dev.headroom.model.ModelSpec;
import dev.headroom.plan.KnativePlan;
import dev.headroom.plan.Plan;
import dev.headroom.plan.Planner;
import dev.headroom.plan.PrecisionRule;
import dev.headroom.plan.ServingDevice;
import dev.headroom.settings.Configs;
import io.fabric8.knative.duck.v1.DeliverySpec;
import io.fabric8.kubernetes.api.model.Quantity;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The numbers in {@code knative/} are those of the plan for the embedded model, and go together. */
class KnativeNumbersTest {

    private static final String ANNOTATIONS = "/spec/template/metadata/annotations/";
    private static final String POD = "/spec/template/spec/";
    private static final String CONTAINER = POD + "containers/0/";

    /** A pod of so many cores and this memory; the heap is a quarter of it. */
    private static Plan plan(ServingDevice device, Rendered rendered, String... settings) {
        var config = Configs.of(settings);
        ModelSpec model = ModelRepository.graphs(Path.of("models/all-minilm-l6-v2"))
                .getFirst()
                .by(new PrecisionRule(config.precision(), device));
        long memory = bytes(rendered, "limits");
        int cores =
                rendered.service().tree().at(CONTAINER + "resources/limits/cpu").asInt();
        return new Planner(device, new Planner.Host(cores, memory / 4), config)
                .plan(List.of(model.demand()))
                .getFirst()
                .plan();
    }

    private static Plan planOf(Rendered rendered) {
        return switch (rendered.name()) {
            case "time-sliced" -> plan(gpu("RTX 4090"), rendered, "headroom.memory.limit", "5G");
            case "mig" -> plan(gpu("A100-80GB 1g.10gb"), rendered);
            case "rtx-4090" -> plan(gpu("RTX 4090"), rendered);
            case String cpu
            when cpu.startsWith("cpu") ->
                plan(new ServingDevice(false, "CPU", "", 1L << 30, 1L << 30, "a 2 GiB pod beside its heap"), rendered);
            default -> plan(gpu("T4"), rendered);
        };
    }

    private static ServingDevice gpu(String name) {
        return DeviceCatalogue.named(name).orElseThrow();
    }

    private static long bytes(Rendered rendered, String kind) {
        return Quantity.getAmountInBytes(
                        new Quantity(rendered.service().text(CONTAINER + "resources/" + kind + "/memory")))
                .longValueExact();
    }

    static List<Rendered> deployments() throws IOException {
        return Renderings.all();
    }

    private static boolean onGpu(Rendered rendered) {
        return !rendered.name().startsWith("cpu");
    }

    private static String annotation(Rendered rendered, String name) {
        return rendered.service().text(ANNOTATIONS + name.replace("/", "~1"));
    }

    private static Duration duration(Rendered rendered, String name) {
        return Duration.parse("PT" + annotation(rendered, name));
    }

    @ParameterizedTest
    @MethodSource("deployments")
    void theyAreThePlansOwn(Rendered rendered) {
        KnativePlan knative = planOf(rendered).knative();
        JsonNode pod = rendered.service().tree().at("/spec/template/spec");
        assertEquals(
                knative.containerConcurrency().value(),
                pod.path("containerConcurrency").asLong());
        assertEquals(
                knative.timeoutSeconds().value(), pod.path("timeoutSeconds").asLong());
        assertEquals(
                String.valueOf(knative.autoscalingTarget().value()),
                annotation(rendered, "autoscaling.knative.dev/target"));
        assertEquals(
                String.valueOf(knative.parallelism().value()),
                rendered.the("Trigger", "headroom")
                        .text("/metadata/annotations/rabbitmq.eventing.knative.dev~1parallelism"));
    }

    @ParameterizedTest
    @MethodSource("deployments")
    void batchesCanFill(Rendered rendered) {
        long batch = planOf(rendered).batch().value();
        assertTrue(rendered.service().tree().at(POD + "containerConcurrency").asLong() >= 2 * batch);
        assertTrue(rendered.the("Trigger", "headroom")
                        .tree()
                        .at("/metadata/annotations/rabbitmq.eventing.knative.dev~1parallelism")
                        .asLong()
                >= 2 * batch);
    }

    @ParameterizedTest
    @MethodSource("deployments")
    void thePodsMemoryHoldsTheHeapAndTheBatchesBuffers(Rendered rendered) {
        long heap = bytes(rendered, "limits") / 4;
        assertTrue(planOf(rendered).directMemory().value() <= heap, "direct memory may be as large as the heap");
        assertEquals(bytes(rendered, "limits"), bytes(rendered, "requests"), "what is not asked for may be taken back");
    }

    @ParameterizedTest
    @MethodSource("deployments")
    void theLongestStartIsWaitedFor(Rendered rendered) {
        JsonNode pod = rendered.service().tree().at("/spec/template/spec");
        long timeout = pod.path("timeoutSeconds").asLong();
        assertEquals(
                timeout, pod.path("responseStartTimeoutSeconds").asLong(), "else Knative's default of 300 s holds");
        JsonNode probe = pod.at("/containers/0/startupProbe");
        long start = probe.path("periodSeconds").asLong()
                * probe.path("failureThreshold").asLong();
        long deadline =
                duration(rendered, "serving.knative.dev/progress-deadline").toSeconds();
        assertTrue(start < timeout, "who waits for the start is answered");
        // 5 minutes for a node and 40 s for its image, as others have measured.
        assertTrue(deadline >= start + (onGpu(rendered) ? 340 : 60), deadline + " s");
        assertTrue(deadline >= timeout, deadline + " s");
    }

    /** queue-proxy waits for 30 s of silence before the service hears of its end. */
    @ParameterizedTest
    @MethodSource("deployments")
    void theGracePeriodHoldsTheDrain(Rendered rendered) throws IOException {
        long shutdown = ShutdownTimeout.seconds();
        assertTrue(rendered.service().tree().at(POD + "timeoutSeconds").asLong() >= 30 + shutdown);
    }

    @ParameterizedTest
    @MethodSource("deployments")
    void retriesOutlastTheLongestStartAndEnd(Rendered rendered) {
        JsonNode delivery = rendered.the("Trigger", "headroom").tree().at("/spec/delivery");
        assertEquals("exponential", delivery.path("backoffPolicy").asText());
        Duration delay = Duration.parse(delivery.path("backoffDelay").asText());
        int retries = delivery.path("retry").asInt();
        Duration all = IntStream.range(0, retries)
                .mapToObj(attempt -> delay.multipliedBy(1L << attempt))
                .reduce(Duration.ZERO, Duration::plus);
        assertTrue(all.compareTo(duration(rendered, "serving.knative.dev/progress-deadline")) > 0, all::toString);
        assertTrue(delay.multipliedBy(1L << retries).compareTo(Duration.ofMinutes(20)) < 0, "the longest wait");
        assertEquals("Service", delivery.at("/deadLetterSink/ref/kind").asText());
    }

    /** Once there is one it bounds the longest wait, and more retries are possible. */
    @Test
    void noSchemaHasALongestWaitYet() {
        assertTrue(Arrays.stream(DeliverySpec.class.getDeclaredFields())
                .noneMatch(field ->
                        field.getName().contains("Max") && field.getName().startsWith("backoff")));
    }

    @ParameterizedTest
    @MethodSource("deployments")
    void nodesThatWakeSlowlyStayForAWhile(Rendered rendered) {
        Duration retention = duration(rendered, "autoscaling.knative.dev/scale-to-zero-pod-retention-period");
        assertTrue(retention.compareTo(Duration.ofMinutes(onGpu(rendered) ? 10 : 1)) >= 0, retention::toString);
        assertEquals("0", annotation(rendered, "autoscaling.knative.dev/min-scale"));
        assertTrue(
                Integer.parseInt(annotation(rendered, "autoscaling.knative.dev/max-scale")) > 0, "a bill has an end");
    }
}
