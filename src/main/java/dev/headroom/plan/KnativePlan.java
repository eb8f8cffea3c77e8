package dev.headroom.plan;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What the platform has to be told so that batches fill: a replica that is sent one request at a time never batches.
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

    /** Knative's default, also the least that a cold start on a GPU node needs. */
    private static final long LEAST_SECONDS = 300;

    /** Knative refuses more unless its own {@code max-revision-timeout-seconds} is raised. */
    private static final long MOST_SECONDS = 600;

    static KnativePlan of(Setting batch, long running, Setting prefetch, Setting timeout) {
        long concurrency = Math.min(MOST_CONCURRENCY, prefetch.value());
        long target = Math.min(concurrency, Math.ceilDiv(running * batch.value() * 10, (long) (UTILIZATION * 10)));
        long seconds = Math.clamp(Math.ceilDiv(3 * timeout.value(), 1000), LEAST_SECONDS, MOST_SECONDS);
        return new KnativePlan(
                derived(concurrency, "requests", "prefetch; Knative allows at most " + MOST_CONCURRENCY),
                derived(
                        target,
                        "requests",
                        "lanes of all devices x batch / 0.7: a replica is added when every lane's batch is always full"),
                derived(
                        seconds,
                        "s",
                        "3 x timeout: one batch runs, one waits, one is in reserve; at least %d and at most %d, as Knative has it"
                                .formatted(LEAST_SECONDS, MOST_SECONDS)),
                derived(concurrency, "events", "for each replica as many as containerConcurrency"));
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

    private static Setting derived(long value, String unit, String reason) {
        return new Setting(value, unit, Source.DEFAULT, reason);
    }
}
