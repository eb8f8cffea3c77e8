package dev.headroom.settings;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The settings of the pull worker. These comments are the tables of docs/worker.md. */
@ConfigMapping(prefix = "headroom.worker")
public interface WorkerConfig {

    /** How often a message is tried before it becomes a dead letter. Raise it if the device is often full for long. */
    @WithDefault("5")
    int tries();

    /** A queue of RabbitMQ, classic or quorum. */
    Rabbitmq rabbitmq();

    /** Topics of Kafka. */
    Kafka kafka();

    /** A queue of RabbitMQ, and where its answers and dead letters go. */
    interface Rabbitmq {

        /** The broker, such as {@code amqp://user:password@rabbitmq:5672/vhost}; {@code amqps} for TLS. */
        Optional<String> uri();

        /** The queue that events are taken from. */
        Optional<String> queue();

        /** The exchange of answers to events without {@code reply-to}. @return the default exchange */
        Optional<String> replyExchange();

        /** The routing key of answers to events without {@code reply-to}. @return such events become dead letters */
        Optional<String> replyRoutingKey();

        /** The exchange of dead letters. @return the default exchange */
        Optional<String> deadLetterExchange();

        /** The routing key of dead letters; with the default exchange it is a queue's name. */
        Optional<String> deadLetterRoutingKey();
    }

    /** Topics of Kafka, and where their answers and dead letters go. */
    interface Kafka {

        /** The brokers to ask first, such as {@code kafka:9092}. */
        Optional<List<String>> bootstrapServers();

        /** The topics that events are taken from. */
        Optional<List<String>> topics();

        /** The consumer group: its workers share the partitions. */
        @WithDefault("headroom")
        String group();

        /** The topic of answers. */
        Optional<String> replyTopic();

        /** The topic of dead letters. */
        Optional<String> deadLetterTopic();

        /** Whether events of one key are answered one after the other, in their order. */
        @WithDefault("false")
        boolean ordered();

        /** A properties file for Kafka's clients, for TLS and SASL. It overrides nothing that the worker relies on. */
        Optional<Path> clientProperties();
    }
}
