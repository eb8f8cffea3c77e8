package dev.headroom.worker;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.IntSupplier;
import java.util.stream.Stream;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jboss.logging.Logger;

/** Topics of Kafka. Its thread makes new clients, after pauses that double, where those it has give up. */
final class KafkaFeed implements Feed {

    private static final Logger LOG = Logger.getLogger("dev.headroom");

    private static final Duration GLANCE = Duration.ofMillis(500);
    private static final Duration LONGEST_LOOK = Duration.ofSeconds(3);
    private static final Duration LONGEST_CLOSE = Duration.ofSeconds(5);

    private final KafkaSettings settings;
    private final Work work;
    private final IntSupplier plan;
    private final CountDownLatch leave = new CountDownLatch(1);
    private final Thread thread =
            Thread.ofPlatform().daemon().name("headroom-kafka").unstarted(this::run);
    private volatile Optional<String> trouble = Optional.of("The connection to Kafka is being made.");

    /**
     * A feed that is not started yet.
     *
     * @param plan the prefetch of the live plan
     */
    KafkaFeed(KafkaSettings settings, Work work, IntSupplier plan) {
        this.settings = settings;
        this.work = work;
        this.plan = plan;
    }

    @Override
    public String name() {
        return "kafka";
    }

    @Override
    public void start() {
        thread.start();
    }

    private void run() {
        for (int failed = 1; !work.inFlight().draining(); failed++) {
            try (Producer<byte[], byte[]> producer = producer();
                    Consumer<byte[], byte[]> consumer = consumer()) {
                checkTopics(consumer);
                poll(consumer, new KafkaPoll(consumer, new KafkaTurn(settings, work, producer), this::prefetch));
                producer.close(LONGEST_CLOSE);
            } catch (RuntimeException e) { // most are KafkaExceptions
                trouble = Optional.of("Kafka gives no events: %s".formatted(e.getMessage()));
                LOG.warnf("%s. The worker tries again.", trouble.get());
                work.pauses().pause(Pauses.after(failed, Optional.empty()));
            }
        }
    }

    private Producer<byte[], byte[]> producer() {
        return new KafkaProducer<>(settings.producer(), new ByteArraySerializer(), new ByteArraySerializer());
    }

    private Consumer<byte[], byte[]> consumer() {
        return new KafkaConsumer<>(
                settings.consumer(prefetch()), new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /** A client would wait for ever for a topic that is missing, and tell nobody. */
    private void checkTopics(Consumer<byte[], byte[]> consumer) {
        Stream.concat(
                        settings.topics().stream(),
                        Stream.of(
                                settings.targets().replies(), settings.targets().deadLetters()))
                .filter(topic -> consumer.partitionsFor(topic, LONGEST_LOOK).isEmpty())
                .findFirst()
                .ifPresent(topic -> {
                    throw new KafkaException("the topic %s is missing; create it".formatted(topic));
                });
    }

    private void poll(Consumer<byte[], byte[]> consumer, KafkaPoll poll) {
        consumer.subscribe(settings.topics(), poll);
        long looked = System.nanoTime() - GLANCE.toNanos();
        try {
            while (!work.inFlight().draining()) {
                poll.once();
                if (System.nanoTime() - looked > GLANCE.toNanos()) {
                    looked = System.nanoTime();
                    trouble = look(consumer);
                }
            }
            leave.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            poll.commitAll();
        }
    }

    private Optional<String> look(Consumer<byte[], byte[]> consumer) {
        return connected(consumer)
                ? Optional.empty()
                : Optional.of("Kafka cannot be reached at %s."
                        .formatted(settings.client().get(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG)));
    }

    private static boolean connected(Consumer<byte[], byte[]> consumer) {
        return consumer.metrics().entrySet().stream()
                .filter(metric -> isConnectionCount(metric.getKey()))
                .anyMatch(metric -> metric.getValue().metricValue() instanceof Number count && count.doubleValue() > 0);
    }

    private static boolean isConnectionCount(MetricName name) {
        return name.name().equals("connection-count") && name.group().equals("consumer-metrics");
    }

    @Override
    public Optional<String> trouble() {
        return trouble;
    }

    @Override
    public int inFlight() {
        return work.inFlight().count();
    }

    @Override
    public int prefetch() {
        return Math.max(1, plan.getAsInt());
    }

    @Override
    public void drain() {
        work.drain();
    }

    @Override
    public void end(Duration most) {
        if (!work.inFlight().awaitNone(most)) {
            LOG.warnf("%d records of Kafka are not settled, and are read again.", inFlight());
        }
        leave.countDown();
        try {
            thread.join(LONGEST_CLOSE.multipliedBy(2));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
