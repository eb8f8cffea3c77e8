package dev.headroom.worker;

import com.rabbitmq.client.ConnectionFactory;
import dev.headroom.settings.WorkerConfig;
import io.quarkus.runtime.configuration.ConfigurationException;
import java.net.URISyntaxException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Optional;

/**
 * A queue, and where its answers and dead letters go.
 *
 * @param replies where answers go to events without {@code reply-to}; empty: such events are refused
 */
record RabbitSettings(ConnectionFactory factory, String queue, Optional<Target> replies, Target deadLetters) {

    private static final String PREFIX = "headroom.worker.rabbitmq.";
    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final Duration HEARTBEAT = Duration.ofSeconds(20);

    /** An exchange and a routing key; the exchange's name is empty for the default one. */
    record Target(String exchange, String routingKey) {}

    /**
     * The settings; empty where no broker is set.
     *
     * @throws ConfigurationException when one is missing or wrong
     */
    static Optional<RabbitSettings> of(WorkerConfig.Rabbitmq config) {
        return config.uri()
                .map(uri -> new RabbitSettings(
                        factory(uri),
                        WorkerSettings.required(PREFIX + "queue", config.queue(), "the queue that holds the events"),
                        replies(config),
                        new Target(
                                config.deadLetterExchange().orElse(""),
                                WorkerSettings.required(
                                        PREFIX + "dead-letter-routing-key",
                                        config.deadLetterRoutingKey(),
                                        "a queue for events that cannot be answered"))));
    }

    private static Optional<Target> replies(WorkerConfig.Rabbitmq config) {
        if (config.replyExchange().isPresent() && config.replyRoutingKey().isEmpty()) {
            throw new ConfigurationException(PREFIX + "reply-routing-key is missing, and " + PREFIX
                    + "reply-exchange is set: set the routing key of answers, or leave both out.");
        }
        return config.replyRoutingKey()
                .map(key -> new Target(config.replyExchange().orElse(""), key));
    }

    /** Connections are made anew by the feed: after a recovery of the client's own, tags of deliveries would be stale. */
    private static ConnectionFactory factory(String uri) {
        ConnectionFactory factory = new ConnectionFactory();
        try {
            factory.setUri(uri);
        } catch (URISyntaxException | GeneralSecurityException | IllegalArgumentException e) {
            // without the value, which holds a password
            throw new ConfigurationException(PREFIX
                    + "uri is no address of RabbitMQ: set it to one such as amqp://user:password@host:5672/vhost.");
        }
        factory.setAutomaticRecoveryEnabled(false);
        factory.setTopologyRecoveryEnabled(false);
        factory.setConnectionTimeout((int) CONNECT.toMillis());
        factory.setRequestedHeartbeat((int) HEARTBEAT.toSeconds());
        factory.setThreadFactory(task ->
                Thread.ofPlatform().daemon().name("headroom-rabbitmq-io").unstarted(task));
        return factory;
    }
}
