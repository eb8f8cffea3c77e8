package dev.headroom.plan;

import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A Knative Service and a Trigger with the numbers for one device, to be applied as they are. Where several models
 * share the device each number is that of the model that asks for most.
 */
public record KnativeYaml(Forecast.Served forecast) {

    /** What the process takes of the host's memory beside the weights, which pass through it at the start. */
    private static final int HOST_GIBIBYTES = 2;

    private static final String RESOURCES = """
            # Headroom on %1$s (%2$s), serving %3$s.
            # The numbers hold with the HEADROOM_* settings that this was printed with: set the same below.
            # Keep it on nodes with this GPU, and build the image with -Pgpu.
            apiVersion: serving.knative.dev/v1
            kind: Service
            metadata:
              name: headroom
            spec:
              template:
                metadata:
                  annotations:
                    autoscaling.knative.dev/min-scale: "0"
                    # %5$s.
                    autoscaling.knative.dev/target: "%4$d"
                    # Pulling the image and loading the model take time on a fresh node.
                    serving.knative.dev/progress-deadline: 15m
                spec:
                  # %7$s.
                  containerConcurrency: %6$d
                  # %9$s.
                  timeoutSeconds: %8$d
                  containers:
                    - image: headroom
                      ports:
                        - containerPort: 8080
                      env:
                        - name: HEADROOM_DEVICE
                          value: gpu
                      resources:
                        limits:
                          cpu: "2"
                          memory: %12$dGi
                          nvidia.com/gpu: "1"
                      startupProbe:
                        httpGet:
                          path: /q/health/started
                        periodSeconds: 1
                        failureThreshold: 120
                      readinessProbe:
                        httpGet:
                          path: /q/health/ready
                      livenessProbe:
                        httpGet:
                          path: /q/health/live
            ---
            apiVersion: eventing.knative.dev/v1
            kind: Trigger
            metadata:
              name: headroom
              annotations:
                # Of the RabbitMQ broker: %11$s.
                rabbitmq.eventing.knative.dev/parallelism: "%10$d"
            spec:
              broker: default
              filter:
                attributes:
                  type: dev.headroom.infer
              subscriber:
                ref:
                  apiVersion: serving.knative.dev/v1
                  kind: Service
                  name: headroom
              delivery:
                retry: 10
                backoffPolicy: exponential
                backoffDelay: PT0.5S
            """;

    /** The two resources, each number below the reason for it. */
    public String text() {
        Setting target = most(KnativePlan::autoscalingTarget);
        Setting concurrency = most(KnativePlan::containerConcurrency);
        Setting timeout = most(KnativePlan::timeoutSeconds);
        Setting parallelism = most(KnativePlan::parallelism);
        return RESOURCES.formatted(
                forecast.device().name(),
                Bytes.text(forecast.device().totalBytes()),
                names(),
                target.value(),
                target.reason(),
                concurrency.value(),
                concurrency.reason(),
                timeout.value(),
                timeout.reason(),
                parallelism.value(),
                parallelism.reason(),
                hostGibibytes());
    }

    private String names() {
        return forecast.models().stream()
                .map(model -> model.planned().model().name().replaceAll("\\p{Cntrl}", " "))
                .collect(Collectors.joining(", "));
    }

    private Setting most(Function<KnativePlan, Setting> number) {
        return forecast.models().stream()
                .map(model -> number.apply(model.planned().plan().knative()))
                .reduce((one, other) -> other.value() > one.value() ? other : one)
                .orElseThrow();
    }

    private long hostGibibytes() {
        long weights = forecast.models().stream()
                .mapToLong(model -> model.planned().model().weightBytes())
                .sum();
        return HOST_GIBIBYTES + Math.ceilDiv(weights, 1L << 30);
    }
}
