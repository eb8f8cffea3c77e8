package dev.headroom.benchmark;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A way to start a server, and what its first answer is asked by.
 *
 * @param name what the table calls it
 * @param folder where it is started
 * @param command what starts it, on a port that the environment gives
 * @param question the first request, in ASCII; its answer has status 200
 */
record ColdStart(String name, Path folder, List<String> command, String question) {

    static final String JAVA = System.getProperty("java.home") + "/bin/java";

    /** A text for the embedded model, or any other one for texts that is served alone. */
    static final String EMBED = post("/infer", "{\"inputs\": \"What is headroom?\"}");

    private static final Pattern LISTENING = Pattern.compile("Listening on: http://[^:]+:(\\d+)");

    /** The cost of a start: seconds from the process' beginning, and memory at the first answer. */
    record Taken(double ready, double firstAnswer, double residentMegabytes) {}

    /** The image's folder of a build. */
    static ColdStart image(String name, Path folder) {
        return new ColdStart(name, folder.toAbsolutePath(), List.of("jre/bin/java", "@java.args"), EMBED);
    }

    /** The image's folder of another build, which the property {@code before} names. */
    static Optional<ColdStart> before() {
        return Optional.ofNullable(System.getProperty("before"))
                .filter(folder -> !folder.isEmpty())
                .map(folder -> image("image, before", Path.of(folder)));
    }

    /** This build by {@code java -jar}. */
    static ColdStart jar() {
        return new ColdStart(
                "java -jar",
                Path.of("").toAbsolutePath(),
                List.of(JAVA, "-jar", "target/quarkus-app/quarkus-run.jar"),
                EMBED);
    }

    /** Starts it, asks once, and ends it. */
    Taken take(boolean ends) throws IOException, InterruptedException {
        long start = System.nanoTime();
        Process process = process(Map.of());
        try (BufferedReader log = process.inputReader()) {
            int port = port(log);
            double ready = since(start);
            ask(port);
            Taken taken = new Taken(ready, since(start), residentMegabytes(process));
            if (ends) {
                process.toHandle().destroy();
                log.lines().forEach(line -> {}); // until the JVM has written what it was told to
                process.waitFor();
            }
            return taken;
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    /** Starts it, with these further environment variables. */
    Process process(Map<String, String> environment) throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
        builder.environment().put("QUARKUS_HTTP_PORT", "0");
        builder.environment().putAll(environment);
        return builder.start();
    }

    /** Of the server, which may be a process that the first one has started. */
    private static double residentMegabytes(Process process) throws IOException {
        double most = new ProcFigures(process.pid()).residentMegabytes();
        for (ProcessHandle started : process.descendants().toList()) {
            most = Math.max(most, new ProcFigures(started.pid()).residentMegabytes());
        }
        return most;
    }

    /** Reads its log until it tells where it listens. */
    int port(BufferedReader log) throws IOException {
        List<String> lines = new ArrayList<>();
        for (String line = log.readLine(); line != null; line = log.readLine()) {
            lines.add(line);
            Matcher listening = LISTENING.matcher(line);
            if (listening.find()) {
                return Integer.parseInt(listening.group(1));
            }
        }
        throw new IOException(name + " did not start:\n" + String.join("\n", lines));
    }

    private void ask(int port) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write(question.getBytes(StandardCharsets.UTF_8));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!answer.startsWith("HTTP/1.1 200 ")) {
                throw new IOException(name + " answered " + answer);
            }
        }
    }

    /** A request whose answer ends the connection. */
    static String get(String path) {
        return "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    }

    /** The same with a body of JSON. */
    static String post(String path, String json) {
        return "POST %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
                .formatted(path, json.length(), json);
    }

    private static double since(long start) {
        return (System.nanoTime() - start) / 1e9;
    }
}
