package dev.headroom.worker;

import com.rabbitmq.client.ConnectionFactory;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Assumptions;

/** A RabbitMQ broker of Debian's package, with ports and folders of its own. It ends with the tests' JVM. */
final class RabbitNode {

    private static final Path SERVER = Path.of("/usr/lib/rabbitmq/bin/rabbitmq-server");

    private static RabbitNode shared;

    private final int port;

    private RabbitNode(int port) {
        this.port = port;
    }

    /** The node of all tests; skips the test where RabbitMQ is not installed. */
    static synchronized RabbitNode shared() throws IOException {
        Assumptions.assumeTrue(
                Files.isExecutable(SERVER),
                "RabbitMQ is not tested, because " + SERVER + " is missing: apt-get install rabbitmq-server");
        if (shared == null) {
            shared = start(
                    Files.createTempDirectory(Path.of("target"), "rabbitmq").toAbsolutePath());
        }
        return shared;
    }

    private static RabbitNode start(Path folder) throws IOException {
        int port = FreePorts.next();
        int epmd = FreePorts.next();
        Path config = Files.writeString(folder.resolve("rabbitmq.conf"), "log.console = true\n");
        Path plugins = Files.writeString(folder.resolve("plugins"), "[].");
        ProcessBuilder command = new ProcessBuilder(SERVER.toString()).redirectErrorStream(true);
        command.environment()
                .putAll(Map.of(
                        "HOME", folder.toString(), // Erlang's cookie
                        "RABBITMQ_NODENAME", "headroom-" + port + "@localhost",
                        "RABBITMQ_NODE_PORT", Integer.toString(port),
                        "RABBITMQ_DIST_PORT", Integer.toString(FreePorts.next()),
                        "RABBITMQ_MNESIA_BASE", folder.resolve("mnesia").toString(),
                        "RABBITMQ_LOG_BASE", folder.resolve("log").toString(),
                        "RABBITMQ_ENABLED_PLUGINS_FILE", plugins.toString(),
                        "RABBITMQ_CONF_ENV_FILE", folder.resolve("none").toString(),
                        "RABBITMQ_CONFIG_FILE", config.toString(),
                        "ERL_EPMD_PORT", Integer.toString(epmd)));
        command.environment().put("ERL_EPMD_RELAXED_COMMAND_CHECK", "true"); // so that it ends when it is told to
        Process process = command.start();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> end(process, epmd)));
        CompletableFuture<Void> started = new CompletableFuture<>();
        Thread.ofPlatform().daemon().start(() -> read(process, started));
        started.join();
        return new RabbitNode(port);
    }

    private static void read(Process process, CompletableFuture<Void> started) {
        StringBuilder log = new StringBuilder();
        try (BufferedReader lines = process.inputReader()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                log.append(line).append('\n');
                if (line.contains("Server startup complete")) {
                    started.complete(null);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            started.completeExceptionally(new AssertionError("RabbitMQ did not start:\n" + log));
        }
    }

    /** Ends the node, and the daemon for names that it has started. */
    private static void end(Process process, int epmd) {
        List<ProcessHandle> node = process.descendants().toList();
        node.forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        node.forEach(each -> each.onExit().join());
        try {
            ProcessBuilder kill = new ProcessBuilder(List.of("epmd", "-port", Integer.toString(epmd), "-kill"));
            kill.redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (IOException | InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    int port() {
        return port;
    }

    /** The address that a worker is given. */
    String uri() {
        return uri(port);
    }

    /** The address through a proxy at this port. */
    static String uri(int port) {
        return "amqp://guest:guest@127.0.0.1:" + port;
    }

    ConnectionFactory factory() {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setHost("127.0.0.1");
        factory.setPort(port);
        return factory;
    }
}
