package dev.headroom.worker;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** What became of a broker's messages, as meters. */
final class WorkerMeters {

    /** How a message was settled. */
    enum Outcome {
        ANSWERED,
        DEAD_LETTER,
        RETURNED
    }

    private final Map<Outcome, Counter> settled = new EnumMap<>(Outcome.class);
    private final Counter redelivered;
    private final Counter retried;

    WorkerMeters(MeterRegistry registry, String broker) {
        for (Outcome outcome : Outcome.values()) {
            settled.put(
                    outcome,
                    Counter.builder("headroom.worker.settled")
                            .description("Messages that were answered, given up, or returned to be tried again")
                            .tags("broker", broker, "outcome", outcome.name().toLowerCase(Locale.ROOT))
                            .register(registry));
        }
        redelivered = counter(registry, "redelivered", "Messages that had been delivered before", broker);
        retried = counter(registry, "retried", "Tries that failed and were made again", broker);
    }

    private static Counter counter(MeterRegistry registry, String name, String description, String broker) {
        return Counter.builder("headroom.worker." + name)
                .description(description)
                .tags("broker", broker)
                .register(registry);
    }

    /** Adds the gauges of a feed. */
    static void bind(MeterRegistry registry, Feed feed) {
        Gauge.builder("headroom.worker.in.flight", feed, Feed::inFlight)
                .description("Messages that are taken and not settled yet")
                .tags("broker", feed.name())
                .register(registry);
        Gauge.builder("headroom.worker.prefetch", feed, Feed::prefetch)
                .description("The most messages that are taken at a time, as the plan has it")
                .tags("broker", feed.name())
                .register(registry);
    }

    void settled(Outcome outcome) {
        settled.get(outcome).increment();
    }

    void redelivered() {
        redelivered.increment();
    }

    void retried() {
        retried.increment();
    }
}
