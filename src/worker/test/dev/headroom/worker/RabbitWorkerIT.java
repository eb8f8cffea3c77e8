package dev.headroom.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import dev.headroom.ServiceProcess;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The packaged worker at a real RabbitMQ, while its processes are killed, ended, squeezed and stopped. */
@Timeout(150)
class RabbitWorkerIT {

    @TempDir
    Path folder;

    private List<String> options(String queue, int port) throws Exception {
        List<String> options = new ArrayList<>(WorkerQuestions.options(folder));
        options.add("headroom.worker.rabbitmq.uri=" + RabbitNode.uri(port));
        options.add("headroom.worker.rabbitmq.queue=" + queue);
        options.add("headroom.worker.rabbitmq.reply-routing-key=" + queue + "-replies");
        options.add("headroom.worker.rabbitmq.dead-letter-routing-key=" + queue + "-dead");
        return options;
    }

    private static void declare(Channel channel, String queue, String type) throws Exception {
        for (String name : List.of(queue, queue + "-replies", queue + "-dead")) {
            channel.queueDeclare(name, true, false, false, Map.of("x-queue-type", type));
        }
    }

    private static void send(Channel channel, String queue, int n) throws Exception {
        if (n % 2 == 0) {
            BasicProperties properties = new BasicProperties.Builder()
                    .contentType("application/cloudevents+json")
                    .deliveryMode(2)
                    .headers(Map.of("number", n))
                    .build();
            channel.basicPublish("", queue, properties, WorkerQuestions.structured(n));
        } else {
            Map<String, Object> headers = new HashMap<>(Map.of("number", n));
            WorkerQuestions.attributes(n)
                    .forEach(
                            (name, value) -> headers.put((n % 4 == 1 ? "cloudEvents:" : "cloudEvents_") + name, value));
            BasicProperties properties = new BasicProperties.Builder()
                    .contentType("application/json")
                    .deliveryMode(2)
                    .headers(headers)
                    .build();
            channel.basicPublish("", queue, properties, FeedFixture.bytes(WorkerQuestions.data(n)));
        }
    }

    private static void read(Channel channel, String queue, WorkerLedger ledger) throws Exception {
        channel.basicConsume(
                queue + "-replies",
                true,
                (tag, reply) -> ledger.answered(
                        String.valueOf(
                                AmqpBinding.headers(reply.getProperties()).getOrDefault("cloudEvents:causationid", "")),
                        reply.getBody()),
                tag -> {});
        channel.basicConsume(
                queue + "-dead",
                true,
                (tag, letter) -> {
                    Map<String, Object> headers = letter.getProperties().getHeaders();
                    ledger.buried((Integer) headers.get("number"), String.valueOf(headers.get(DeadLetter.REASON)));
                },
                tag -> {});
    }

    @ParameterizedTest
    @CsvSource({"quorum, 4000", "classic, 2000"})
    void nothingIsLostWhateverBecomesOfTheWorkers(String type, int questions) throws Exception {
        String queue = "events-" + type;
        WorkerLedger ledger = new WorkerLedger(questions);
        try (Connection connection = RabbitNode.shared().factory().newConnection();
                Channel channel = connection.createChannel();
                WorkerProcesses workers =
                        new WorkerProcesses(options(queue, RabbitNode.shared().port()))) {
            declare(channel, queue, type);
            channel.confirmSelect();
            for (int n = 0; n < questions; n++) {
                send(channel, queue, n);
            }
            channel.waitForConfirmsOrDie();
            read(connection.createChannel(), queue, ledger);
            workers.troubles(ledger, questions);
            FeedFixture.await(() -> channel.messageCount(queue) == 0);
            ledger.check(WorkerQuestions.PREFETCH, workers.log());
        }
    }

    @Test
    void aBrokerThatIsAwayIsWaitedForAndToldOfByReadinessAlone() throws Exception {
        String queue = "events-away";
        WorkerLedger ledger = new WorkerLedger(10);
        try (Connection connection = RabbitNode.shared().factory().newConnection();
                CuttableProxy proxy = new CuttableProxy(RabbitNode.shared().port());
                WorkerProcesses workers = new WorkerProcesses(options(queue, proxy.port()))) {
            Channel channel = connection.createChannel();
            declare(channel, queue, "classic");
            proxy.cut();
            ServiceProcess worker = workers.start();
            String down = worker.get("/q/health/ready").body();
            assertTrue(down.contains("rabbitmq") && down.contains("DOWN"), down);
            assertEquals(200, worker.get("/q/health/live").statusCode());
            proxy.mend();
            FeedFixture.await(() -> worker.get("/q/health/ready").statusCode() == 200);
            proxy.cut();
            FeedFixture.await(() -> worker.get("/q/health/ready").statusCode() == 503);
            for (int n = 0; n < 10; n++) {
                send(channel, queue, n);
            }
            proxy.mend();
            read(channel, queue, ledger);
            FeedFixture.await(ledger::complete);
            ledger.check(0, worker.log());
            assertEquals(WorkerQuestions.PREFETCH, worker.metric("headroom_worker_prefetch"));
            assertEquals(0, worker.metric("headroom_worker_in_flight"));
        }
    }

    @Test
    void aMissingSettingIsOneSentence() throws Exception {
        try (ServiceProcess service = ServiceProcess.startBuild(
                Path.of("target/worker/quarkus-app"),
                "headroom.device=cpu",
                "headroom.worker.rabbitmq.uri=amqp://me:secret@localhost")) {
            assertEquals(1, service.exitStatus());
            assertTrue(service.log().contains("headroom.worker.rabbitmq.queue is missing: set it to"), service.log());
            assertTrue(!service.log().contains("secret"), service.log());
            assertTrue(!service.log().contains("\tat "), service.log());
        }
    }
}
