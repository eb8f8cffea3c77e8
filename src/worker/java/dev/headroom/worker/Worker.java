package dev.headroom.worker;

import dev.headroom.function.event.EventExchange;
import dev.headroom.serving.Pipelines;
import dev.headroom.settings.WorkerConfig;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.microprofile.config.Config;

/** Takes events from brokers from the moment the models are warm until the process drains. */
@Singleton
class Worker {

    /** Behind the models at the start. */
    private static final int LAST = 4000;

    /** Before the models at the end. */
    private static final int FIRST = 1;

    private final Duration longestEnd;
    private final List<Feed> feeds = new ArrayList<>();

    /** Refuses wrong settings before anything is done with them. */
    Worker(WorkerConfig config, Config settings, EventExchange exchange, Pipelines pipelines, MeterRegistry registry) {
        this.longestEnd = settings.getOptionalValue("quarkus.shutdown.timeout", Duration.class)
                .orElse(Duration.ZERO);
        RabbitSettings.of(config.rabbitmq())
                .ifPresent(rabbit -> feeds.add(new RabbitFeed(
                        rabbit,
                        Work.of(exchange::ask, new WorkerMeters(registry, "rabbitmq"), config.tries()),
                        pipelines::prefetch)));
        KafkaSettings.of(config.kafka())
                .ifPresent(kafka -> feeds.add(new KafkaFeed(
                        kafka,
                        Work.of(exchange::ask, new WorkerMeters(registry, "kafka"), config.tries()),
                        pipelines::prefetch)));
        if (feeds.isEmpty()) {
            throw new ConfigurationException(
                    "headroom.worker.rabbitmq.uri and headroom.worker.kafka.bootstrap-servers are missing: set one of them to the broker.");
        }
        feeds.forEach(feed -> WorkerMeters.bind(registry, feed));
    }

    /** The brokers that events come from. */
    List<Feed> feeds() {
        return feeds;
    }

    void start(@Observes @Priority(LAST) StartupEvent event) {
        feeds.forEach(Feed::start);
    }

    /** Before the models: what they refuse from then on must not count as a try. */
    void drain(@Observes @Priority(FIRST) ShutdownDelayInitiatedEvent event) {
        feeds.forEach(Feed::drain);
    }

    /** Waits for what is in flight; the models fail what is not answered in time, so that it goes back. */
    void stop(@Observes @Priority(FIRST) ShutdownEvent event) {
        Instant end = Instant.now().plus(longestEnd);
        feeds.forEach(Feed::drain);
        feeds.forEach(feed -> {
            Duration left = Duration.between(Instant.now(), end);
            feed.end(left.isNegative() ? Duration.ZERO : left);
        });
    }
}
