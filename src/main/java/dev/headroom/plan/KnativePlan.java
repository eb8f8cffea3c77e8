package dev.headroom.plan;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The numbers that Knative needs so that batches fill: a replica that gets one request at a time never batches.
 *
 * @param containerConcurrency requests that Knative sends to one replica at a time
 * @param autoscalingTarget the annotation {@code autoscaling.knative.dev/target}
 * @param timeoutSeconds the longest time of one request, which is also the pod's grace period
 * @param parallelism events that a broker sends to one replica at a time
 */
public record KnativePlan(
        Setting containerConcurrency, Setting autoscalingTarget, Setting timeoutSeconds, Setting parallelism) {

    /** Knative refuses more unless its own {@code container-concurrency-max-limit} is raised. */
    private static final long MOST_CONCURRENCY = 1000;

    /** The share of its target at which Knative adds a replica ({@code container-concurrency-target-percentage}). */
    private static final double UTILIZATION = 0.7;

    /** Knative's default. */
    private static final long LEAST_SECONDS = 300;

    /** Knative refuses more unless its own {@code max-revision-timeout-seconds} is raised. */
    private static final long MOST_SECONDS = 600;

    /**
     * Derives the numbers from a plan.
     *
     * @param gpu true if the pod wakes on a GPU node
     * @param runningItems items in the batches that run at a time
     * @param prefetch the prefetch of the plan
     * @param timeout the time-out of the plan
     */
    static KnativePlan of(boolean gpu, long runningItems, Setting prefetch, Setting timeout) {
        long concurrency = Math.min(MOST_CONCURRENCY, prefetch.value());
        long target = Math.min(concurrency, Math.ceilDiv(runningItems * 10, (long) (UTILIZATION * 10)));
        return new KnativePlan(
                Setting.derived(concurrency, "requests", "prefetch; Knative allows at most " + MOST_CONCURRENCY),
                Setting.derived(
                        target,
                        "requests",
                        "lanes of all devices x batch / 0.7: a replica is added when every lane's batch is always full"),
                timeoutSeconds(gpu, timeout),
                Setting.derived(concurrency, "events", "for each replica as many as containerConcurrency"));
    }

    /** The time-out includes the wake-up: a GPU node, its image and its model take up to eight minutes. */
    private static Setting timeoutSeconds(boolean gpu, Setting timeout) {
        if (gpu) {
            return Setting.derived(MOST_SECONDS, "s", "a GPU node takes minutes to wake; the most that Knative allows");
        }
        return Setting.derived(
                Math.clamp(Math.ceilDiv(3 * timeout.value(), 1000), LEAST_SECONDS, MOST_SECONDS),
                "s",
                "3 x timeout: one batch runs, one waits, one is in reserve; at least %d and at most %d, as Knative has it"
                        .formatted(LEAST_SECONDS, MOST_SECONDS));
    }

    /** The settings by the name that Knative gives them. */
    public Map<String, Setting> settings() {
        Map<String, Setting> settings = new LinkedHashMap<>();
        settings.put("containerConcurrency", containerConcurrency);
        settings.put("autoscalingTarget", autoscalingTarget);
        settings.put("timeoutSeconds", timeoutSeconds);
        settings.put("parallelism", parallelism);
        return settings;
    }
}
