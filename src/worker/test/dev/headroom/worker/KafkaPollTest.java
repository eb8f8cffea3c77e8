package dev.headroom.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.function.event.Exchanged;
import dev.headroom.function.event.Message;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Workers that end while they have a record, one after the other, and a broker that keeps what they commit. */
@Timeout(30)
class KafkaPollTest {

    private static final TopicPartition PARTITION = new TopicPartition("events", 0);
    private static final int TRIES = 3;
    private static final int RECORDS = 6;
    private static final int KILLER = 4;

    private final List<ProducerRecord<byte[], byte[]>> sent = Collections.synchronizedList(new ArrayList<>());
    private Map<TopicPartition, OffsetAndMetadata> committed = Map.of();

    /** One worker, until it has taken the killer and all that it may take before, or everything is settled. */
    private void work() throws Exception {
        MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");
        MockProducer<byte[], byte[]> producer =
                new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
        List<Boolean> killed = Collections.synchronizedList(new ArrayList<>());
        Work work = FeedFixture.work(TRIES, message -> answer(message, killed));
        KafkaSettings settings = new KafkaSettings(
                Map.of(), "group", List.of("events"), new KafkaSettings.Targets("replies", "dead"), false);
        KafkaPoll poll = new KafkaPoll(consumer, new KafkaTurn(settings, work, producer), () -> 3);
        consumer.subscribe(List.of("events"), poll);
        consumer.updateBeginningOffsets(Map.of(PARTITION, 0L));
        consumer.commitSync(committed);
        consumer.rebalance(List.of(PARTITION));
        long from = committed.isEmpty() ? 0 : committed.get(PARTITION).offset();
        for (long offset = from; offset < RECORDS; offset++) {
            consumer.addRecord(new ConsumerRecord<>(
                    "events", 0, offset, null, FeedFixture.bytes(offset == KILLER ? "killer" : "good")));
        }
        FeedFixture.await(() -> {
            poll.once();
            Map<TopicPartition, OffsetAndMetadata> now = consumer.committed(Set.of(PARTITION));
            committed = now.get(PARTITION) == null ? Map.of() : Map.copyOf(now);
            return !killed.isEmpty() && work.inFlight().count() <= 1
                    || !committed.isEmpty() && committed.get(PARTITION).offset() == RECORDS;
        });
        sent.addAll(producer.history());
    }

    /** The killer's worker never hears of it again. */
    private static Exchanged answer(Supplier<Message> message, List<Boolean> killed) {
        Message asked = message.get();
        if (new String(asked.body()).equals("killer")) {
            killed.add(true);
            try {
                Thread.currentThread().join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        return FeedFixture.echo(asked);
    }

    @Test
    void aRecordThatEndsItsWorkersIsBuriedAndNoOther() throws Exception {
        int workers = 0;
        while (committed.isEmpty() || committed.get(PARTITION).offset() < RECORDS) {
            work();
            workers++;
            assertTrue(workers < 12, "the record is read again and again");
        }
        List<ProducerRecord<byte[], byte[]>> dead =
                sent.stream().filter(message -> message.topic().equals("dead")).toList();
        assertEquals(1, dead.size());
        assertEquals("killer", new String(dead.getFirst().value()));
        assertTrue(sent.size() >= RECORDS, sent::toString);
    }
}
