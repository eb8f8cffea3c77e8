package dev.headroom.function;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Set;
import java.util.stream.DoubleStream;

/** Counts in buckets what callers wait for, so that Prometheus tells the latency of all replicas by its percentiles. */
@Singleton
class LatencyBuckets implements MeterFilter {

    private static final Set<String> TIMERS = Set.of("headroom.requests", "headroom.generation.first.token");

    /** Upper bounds in seconds: a bucket is at most 2.5 times as wide as the one before. */
    private static final double[] SECONDS = {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60};

    private static final DistributionStatisticConfig BUCKETS = DistributionStatisticConfig.builder()
            .serviceLevelObjectives(DoubleStream.of(SECONDS)
                    .map(seconds -> seconds * Duration.ofSeconds(1).toNanos())
                    .toArray())
            .build();

    @Override
    public DistributionStatisticConfig configure(Meter.Id id, DistributionStatisticConfig config) {
        return TIMERS.contains(id.getName()) ? BUCKETS.merge(config) : config;
    }
}
