package dev.headroom.settings;

import static dev.headroom.settings.SettingRules.optional;
import static dev.headroom.settings.SettingRules.required;

import java.util.List;

/** The rules for the settings of {@link WorkerConfig}. */
public final class WorkerRules {

    private static final long MOST_TRIES = 1000;

    private static final TakenValues KEY = TakenValues.any("a routing key, or with the default exchange a queue");
    private static final TakenValues EXCHANGE = TakenValues.any("the name of an exchange");
    private static final TakenValues TOPIC = TakenValues.any("the name of a topic");

    private static final List<SettingRule> ALL = List.of(
            required("headroom.worker.tries", TakenValues.count(1, MOST_TRIES)),
            optional("headroom.worker.rabbitmq.uri", TakenValues.any("amqp://user:password@host:5672/vhost")),
            optional("headroom.worker.rabbitmq.queue", TakenValues.any("the name of a queue")),
            optional("headroom.worker.rabbitmq.reply-exchange", EXCHANGE),
            optional("headroom.worker.rabbitmq.reply-routing-key", KEY),
            optional("headroom.worker.rabbitmq.dead-letter-exchange", EXCHANGE),
            optional("headroom.worker.rabbitmq.dead-letter-routing-key", KEY),
            optional("headroom.worker.kafka.bootstrap-servers", TakenValues.any("brokers such as kafka:9092")),
            optional("headroom.worker.kafka.topics", TakenValues.any("the names of topics")),
            required("headroom.worker.kafka.group", TakenValues.any("the name of a consumer group")),
            optional("headroom.worker.kafka.reply-topic", TOPIC),
            optional("headroom.worker.kafka.dead-letter-topic", TOPIC),
            required("headroom.worker.kafka.ordered", TakenValues.word(Flag.values())),
            optional("headroom.worker.kafka.client-properties", TakenValues.any("a file that can be read")));

    /** The words of a switch. */
    private enum Flag {
        TRUE,
        FALSE
    }

    private WorkerRules() {}

    /** Makes the rules part of those that every start checks. */
    public static void join() {
        SettingRules.join(ALL);
    }
}
