package dev.headroom.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The packaged worker at a real Kafka, while its processes are killed, ended, squeezed and stopped. */
@Timeout(150)
class KafkaWorkerIT {

    private static final int QUESTIONS = 4000;
    private static final int PARTITIONS = 4;

    /** One worker is killed, and one stands still until it has lost its partitions. */
    private static final int MOST_TWICE = 2 * 4 * WorkerQuestions.PREFETCH;

    @TempDir
    Path folder;

    private List<String> options(KafkaNode node) throws Exception {
        Path client = Files.writeString(
                folder.resolve("client.properties"), "session.timeout.ms=3000\nheartbeat.interval.ms=1000\n");
        List<String> options = new ArrayList<>(WorkerQuestions.options(folder));
        options.add("headroom.worker.kafka.bootstrap-servers=" + node.servers());
        options.add("headroom.worker.kafka.topics=events");
        options.add("headroom.worker.kafka.reply-topic=replies");
        options.add("headroom.worker.kafka.dead-letter-topic=dead");
        options.add("headroom.worker.kafka.client-properties=" + client);
        return options;
    }

    private static void send(KafkaNode node) throws Exception {
        List<Future<?>> sent = new ArrayList<>();
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", node.servers(), "max.in.flight.requests.per.connection", 1),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            for (int n = 0; n < QUESTIONS; n++) {
                sent.add(producer.send(question(n)));
            }
        }
        for (Future<?> each : sent) {
            each.get();
        }
    }

    private static ProducerRecord<byte[], byte[]> question(int n) throws Exception {
        boolean structured = n % 2 == 0;
        ProducerRecord<byte[], byte[]> question = new ProducerRecord<>(
                "events",
                FeedFixture.bytes(Integer.toString(n)),
                structured ? WorkerQuestions.structured(n) : FeedFixture.bytes(WorkerQuestions.data(n)));
        question.headers()
                .add(
                        "content-type",
                        FeedFixture.bytes(structured ? "application/cloudevents+json" : "application/json"));
        if (!structured) {
            WorkerQuestions.attributes(n)
                    .forEach((name, value) -> question.headers().add("ce_" + name, FeedFixture.bytes(value)));
        }
        return question;
    }

    private static void note(ConsumerRecord<byte[], byte[]> message, WorkerLedger ledger) {
        if (message.topic().equals("replies")) {
            ledger.answered(KafkaInbox.header(message, "ce_causationid"), message.value());
        } else {
            ledger.buried(Integer.parseInt(new String(message.key())), KafkaInbox.header(message, DeadLetter.REASON));
        }
    }

    @Test
    void nothingIsLostWhateverBecomesOfTheWorkers() throws Exception {
        KafkaNode node = KafkaNode.shared();
        node.create(PARTITIONS, "events", "replies", "dead");
        send(node);
        WorkerLedger ledger = new WorkerLedger(QUESTIONS);
        try (KafkaInbox _ = new KafkaInbox(node, List.of("replies", "dead"), message -> note(message, ledger));
                WorkerProcesses workers = new WorkerProcesses(options(node))) {
            workers.troubles(ledger, QUESTIONS);
            FeedFixture.await(() -> committed(node) == QUESTIONS);
            ledger.check(MOST_TWICE, workers.log());
            assertEquals("", workers.lines(" ERROR "));
        }
    }

    /** The sum of the group's offsets. */
    private static long committed(KafkaNode node) throws Exception {
        try (Admin admin = node.admin()) {
            return admin.listConsumerGroupOffsets("headroom").partitionsToOffsetAndMetadata().get().values().stream()
                    .mapToLong(OffsetAndMetadata::offset)
                    .sum();
        }
    }
}
