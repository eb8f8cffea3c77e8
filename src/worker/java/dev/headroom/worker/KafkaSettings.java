package dev.headroom.worker;

import dev.headroom.settings.WorkerConfig;
import io.quarkus.runtime.configuration.ConfigurationException;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.producer.ProducerConfig;

/**
 * Topics, and where their answers and dead letters go.
 *
 * @param client what both clients need to reach the brokers
 * @param ordered whether records of one key are worked on one after the other
 */
record KafkaSettings(Map<String, Object> client, String group, List<String> topics, Targets targets, boolean ordered) {

    private static final String PREFIX = "headroom.worker.kafka.";

    /** A worker that is killed keeps its partitions for so long. */
    private static final int SESSION_MILLIS = 10_000;

    private static final int DELIVERY_MILLIS = 30_000;
    private static final int RECONNECT_MILLIS = 10_000;
    private static final int BLOCK_MILLIS = 10_000;

    /** The topics of answers and of dead letters. */
    record Targets(String replies, String deadLetters) {}

    /**
     * The settings; empty where no broker is set.
     *
     * @throws ConfigurationException when one is missing or wrong
     */
    static Optional<KafkaSettings> of(WorkerConfig.Kafka config) {
        return config.bootstrapServers()
                .map(servers -> new KafkaSettings(
                        client(servers, config.clientProperties()),
                        config.group(),
                        WorkerSettings.required(PREFIX + "topics", config.topics(), "the topics that hold the events"),
                        new Targets(
                                WorkerSettings.required(
                                        PREFIX + "reply-topic", config.replyTopic(), "the topic of answers"),
                                WorkerSettings.required(
                                        PREFIX + "dead-letter-topic",
                                        config.deadLetterTopic(),
                                        "a topic for events that cannot be answered")),
                        config.ordered()));
    }

    private static Map<String, Object> client(List<String> servers, Optional<Path> file) {
        Properties read = new Properties();
        file.ifPresent(path -> {
            try (Reader reader = Files.newBufferedReader(path)) {
                read.load(reader);
            } catch (IOException | IllegalArgumentException e) {
                throw new ConfigurationException(
                        "%sclient-properties is %s, which cannot be read: set it to a file of Java properties."
                                .formatted(PREFIX, path));
            }
        });
        Map<String, Object> client = new HashMap<>();
        read.stringPropertyNames().forEach(name -> client.put(name, read.getProperty(name)));
        client.putIfAbsent(CommonClientConfigs.RECONNECT_BACKOFF_MAX_MS_CONFIG, RECONNECT_MILLIS);
        client.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, servers);
        return client;
    }

    /**
     * The settings of a consumer.
     *
     * @param records the most that one poll returns
     */
    Map<String, Object> consumer(int records) {
        Map<String, Object> all = new HashMap<>();
        all.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, SESSION_MILLIS);
        all.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        all.putAll(client);
        all.put(ConsumerConfig.GROUP_ID_CONFIG, group);
        all.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, records);
        all.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        all.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        all.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        all.put(
                ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
                List.of(CooperativeStickyAssignor.class.getName()));
        return all;
    }

    /** The settings of a producer whose records all replicas confirm. */
    Map<String, Object> producer() {
        Map<String, Object> all = new HashMap<>();
        all.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, DELIVERY_MILLIS);
        all.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, DELIVERY_MILLIS / 2);
        all.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, BLOCK_MILLIS);
        all.putAll(client);
        all.put(ProducerConfig.ACKS_CONFIG, "all");
        all.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        // Brokers refused several requests at a time for topics that were new, as out of order, until the time was
        // over.
        all.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1);
        return all;
    }
}
