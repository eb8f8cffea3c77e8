package dev.headroom.worker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.Uuid;

/** A Kafka broker that is its own controller, in a JVM of its own. It ends with the tests' JVM. */
final class KafkaNode {

    private static KafkaNode shared;

    private final int port;

    private KafkaNode(int port) {
        this.port = port;
    }

    /** The node of all tests. */
    static synchronized KafkaNode shared() throws Exception {
        if (shared == null) {
            shared = start(Files.createTempDirectory(Path.of("target"), "kafka").toAbsolutePath());
        }
        return shared;
    }

    private static KafkaNode start(Path folder) throws Exception {
        KafkaNode node = new KafkaNode(FreePorts.next());
        String config = folder.resolve("server.properties").toString();
        Files.writeString(Path.of(config), node.properties(folder, FreePorts.next()));
        Path log = folder.resolve("log");
        int formatted = java(
                        log,
                        "kafka.tools.StorageTool",
                        "format",
                        "-t",
                        Uuid.randomUuid().toString(),
                        "-c",
                        config)
                .waitFor();
        if (formatted != 0) {
            throw new AssertionError(Files.readString(log));
        }
        Process process = java(log, "kafka.Kafka", config);
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        try (Admin admin = node.admin()) {
            admin.describeCluster().nodes().get();
        } catch (java.util.concurrent.ExecutionException e) {
            throw new AssertionError(Files.readString(log), e);
        }
        return node;
    }

    private String properties(Path folder, int controller) {
        return """
                process.roles=broker,controller
                node.id=1
                controller.quorum.voters=1@localhost:%2$d
                listeners=PLAINTEXT://localhost:%1$d,CONTROLLER://localhost:%2$d
                controller.listener.names=CONTROLLER
                log.dirs=%3$s
                auto.create.topics.enable=false
                offsets.topic.num.partitions=1
                offsets.topic.replication.factor=1
                transaction.state.log.replication.factor=1
                transaction.state.log.min.isr=1
                group.initial.rebalance.delay.ms=0
                group.min.session.timeout.ms=1000
                """.formatted(port, controller, folder.resolve("data"));
    }

    private static Process java(Path log, String... main) throws IOException {
        List<String> command = new java.util.ArrayList<>(List.of(
                System.getProperty("java.home") + "/bin/java",
                "-Xmx512m",
                "-cp",
                System.getProperty("java.class.path")));
        command.addAll(List.of(main));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
    }

    String servers() {
        return "localhost:" + port;
    }

    Admin admin() {
        return Admin.create(Map.of("bootstrap.servers", servers(), "default.api.timeout.ms", "60000"));
    }

    /** Creates topics of so many partitions, and waits until they are there. */
    void create(int partitions, String... topics) throws Exception {
        try (Admin admin = admin()) {
            admin.createTopics(List.of(topics).stream()
                            .map(topic -> new NewTopic(topic, partitions, (short) 1))
                            .toList())
                    .all()
                    .get();
        }
    }
}
