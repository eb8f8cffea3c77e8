package dev.headroom.worker;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads topics from their beginning, on a thread of its own, until it is closed. */
final class KafkaInbox implements AutoCloseable {

    private final KafkaNode node;
    private final List<String> topics;
    private final Consumer<ConsumerRecord<byte[], byte[]>> reader;
    private final Thread thread = Thread.ofPlatform().daemon().unstarted(this::read);
    private volatile boolean closed;

    KafkaInbox(KafkaNode node, List<String> topics, Consumer<ConsumerRecord<byte[], byte[]>> reader) {
        this.node = node;
        this.topics = topics;
        this.reader = reader;
        thread.start();
    }

    private void read() {
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", node.servers()),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> all = topics.stream()
                    .flatMap(topic -> consumer.partitionsFor(topic).stream())
                    .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
                    .toList();
            consumer.assign(all);
            consumer.seekToBeginning(all);
            while (!closed) {
                consumer.poll(Duration.ofMillis(100)).forEach(reader);
            }
        }
    }

    static String header(ConsumerRecord<byte[], byte[]> message, String name) {
        return message.headers().lastHeader(name) == null
                ? ""
                : new String(message.headers().lastHeader(name).value());
    }

    @Override
    public void close() {
        closed = true;
    }
}
