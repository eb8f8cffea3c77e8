package dev.headroom.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.function.event.Exchanged;
import dev.headroom.function.event.Message;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A feed at a real broker, with an exchange that answers as the test wants. */
@Timeout(60)
class KafkaFeedIT {

    private static final AtomicInteger TOPICS = new AtomicInteger();

    private final String topic = "feed-" + TOPICS.incrementAndGet();
    private final AtomicInteger prefetch = new AtomicInteger(2);
    private final BlockingQueue<ConsumerRecord<byte[], byte[]>> replies = new LinkedBlockingQueue<>();
    private final BlockingQueue<ConsumerRecord<byte[], byte[]>> dead = new LinkedBlockingQueue<>();
    private KafkaNode node;
    private KafkaInbox inbox;
    private KafkaProducer<byte[], byte[]> producer;
    private Optional<KafkaFeed> feed = Optional.empty();

    @BeforeEach
    void create() throws Exception {
        node = KafkaNode.shared();
        node.create(1, topic, topic + "-replies", topic + "-dead");
        inbox = new KafkaInbox(
                node,
                List.of(topic + "-replies", topic + "-dead"),
                message -> (message.topic().endsWith("-dead") ? dead : replies).add(message));
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", node.servers()), new ByteArraySerializer(), new ByteArraySerializer());
    }

    @AfterEach
    void end() throws Exception {
        feed.ifPresent(KafkaFeed::drain);
        feed.ifPresent(open -> open.end(Duration.ofSeconds(5)));
        inbox.close();
        producer.close();
    }

    private void start(boolean ordered, Function<Supplier<Message>, Exchanged> exchange) {
        KafkaSettings settings = new KafkaSettings(
                Map.of("bootstrap.servers", node.servers()),
                topic,
                List.of(topic),
                new KafkaSettings.Targets(topic + "-replies", topic + "-dead"),
                ordered);
        feed = Optional.of(new KafkaFeed(settings, FeedFixture.work(3, exchange), prefetch::get));
        feed.get().start();
    }

    private void send(String key, String text) {
        producer.send(new ProducerRecord<>(topic, FeedFixture.bytes(key), FeedFixture.bytes(text)));
    }

    private long committed() throws Exception {
        try (Admin admin = node.admin()) {
            OffsetAndMetadata offset = admin.listConsumerGroupOffsets(topic)
                    .partitionsToOffsetAndMetadata()
                    .get()
                    .get(new TopicPartition(topic, 0));
            return offset == null ? 0 : offset.offset();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void takesAsManyAtATimeAsThePlanHasItNow() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        start(false, message -> {
            await(end);
            return FeedFixture.echo(message.get());
        });
        for (int i = 0; i < 10; i++) {
            send("a", "a");
        }
        FeedFixture.await(() -> feed.get().inFlight() == 2);
        prefetch.set(5);
        FeedFixture.await(() -> feed.get().inFlight() == 5);
        end.countDown();
        for (int i = 0; i < 10; i++) {
            replies.take();
        }
        assertTrue(feed.get().trouble().isEmpty());
    }

    @Test
    void whatFailsInPassingIsTriedInItsPlaceAndThenBuried() throws Exception {
        AtomicInteger tries = new AtomicInteger();
        start(false, message -> {
            if (new String(message.get().body()).equals("bad")) {
                tries.incrementAndGet();
                return FeedFixture.passing();
            }
            return FeedFixture.echo(message.get());
        });
        send("a", "bad");
        send("b", "good");
        assertEquals("good", new String(replies.take().value()));
        assertEquals(0, committed(), "behind what is not settled nothing is committed");
        ConsumerRecord<byte[], byte[]> letter = dead.take();
        assertEquals("unavailable", KafkaInbox.header(letter, DeadLetter.REASON));
        assertEquals(topic, KafkaInbox.header(letter, "headroom-topic"));
        assertEquals("0", KafkaInbox.header(letter, "headroom-offset"));
        assertEquals(3, tries.get());
        FeedFixture.await(() -> committed() == 2);
    }

    @Test
    void answersOfOneKeyKeepTheirOrderWhereThatIsAskedFor() throws Exception {
        Random random = new Random(1);
        prefetch.set(16);
        start(true, message -> {
            for (int turns = random.nextInt(1000); turns > 0; turns--) {
                Thread.yield();
            }
            return FeedFixture.echo(message.get());
        });
        for (int i = 0; i < 300; i++) {
            send("key-" + i % 3, Integer.toString(i));
        }
        int[] last = {-1, -1, -1};
        for (int i = 0; i < 300; i++) {
            int n = Integer.parseInt(new String(replies.take().value()));
            assertTrue(n > last[n % 3], n + " came after " + last[n % 3]);
            last[n % 3] = n;
        }
    }

    @Test
    void whatIsInFlightIsSettledAndCommittedWhenItDrains() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        start(false, message -> {
            await(end);
            return FeedFixture.echo(message.get());
        });
        for (int i = 0; i < 6; i++) {
            send("a", Integer.toString(i));
        }
        FeedFixture.await(() -> feed.get().inFlight() == 2);
        feed.get().drain();
        end.countDown();
        feed.get().end(Duration.ofSeconds(10));
        assertEquals(2, committed());
        replies.take();
        replies.take();
        assertTrue(replies.isEmpty());
    }
}
