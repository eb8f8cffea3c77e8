package dev.headroom;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.device.VirtualGpu;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The packaged service as a process of its own, on a port that the system chose. */
public final class ServiceProcess implements AutoCloseable {

    private static final Pattern LISTENING = Pattern.compile("Listening on: http://[^:]+:(\\d+)");

    /** The telemetry of ONNX Runtime 1.29 crashed where the command line was this long. */
    private static final String LONG_OPTION = "-Dlong=" + "x".repeat(20_000);

    /** The service's home, which should stay empty. */
    static final Path HOME = Path.of("target/home").toAbsolutePath();

    private final Process process;
    private final List<String> log = new CopyOnWriteArrayList<>();
    private final Map<String, CompletableFuture<String>> awaited = new ConcurrentHashMap<>();
    private final BlockingQueue<String> acknowledged = new LinkedBlockingQueue<>();
    private final CompletableFuture<Integer> port = new CompletableFuture<>();
    private final Thread reader = Thread.ofPlatform().daemon().unstarted(this::readLog);
    private final HttpClient client = HttpClient.newHttpClient();

    private ServiceProcess(Process process) {
        this.process = process;
    }

    /** Starts the service with settings such as {@code headroom.device=cpu}, and options of the JVM such as {@code -Xmx512m}. */
    public static ServiceProcess start(String... options) throws IOException {
        return startBuild(Path.of("target/quarkus-app"), options);
    }

    /** Starts the service of another build, given its folder quarkus-app. */
    public static ServiceProcess startBuild(Path build, String... options) throws IOException {
        return start(options, "-jar", build.resolve("quarkus-run.jar").toString());
    }

    /** Starts the image's folder of the profile vgpu, a build for GPUs, on virtual ones. */
    public static ServiceProcess start(VirtualGpu gpu, String... options) throws IOException {
        Path image = Path.of("target/vgpu/image/headroom").toAbsolutePath();
        List<String> command =
                new ArrayList<>(List.of(image.resolve("jre/bin/java").toString()));
        command.addAll(settings(options));
        command.add("@java.args");
        ProcessBuilder process = new ProcessBuilder(command).directory(image.toFile());
        process.environment().putAll(gpu.environment());
        return started(process);
    }

    /** Starts the service with a tenant of its arena, which {@link #hold holds} nothing at first. */
    public static ServiceProcess startSqueezed(String... options) throws IOException {
        return startSqueezedBuild(Path.of("target"), options);
    }

    /** Starts the service of another build like this, given the folder of the build. */
    public static ServiceProcess startSqueezedBuild(Path build, String... options) throws IOException {
        String classPath = String.join(
                File.pathSeparator,
                build + "/quarkus-app/quarkus-run.jar",
                build + "/quarkus-app/app/*",
                build + "/test-classes");
        return start(
                options,
                "--enable-native-access=ALL-UNNAMED", // as the manifest of quarkus-run.jar has it for -jar
                "--add-opens=java.base/java.lang=ALL-UNNAMED",
                "--add-opens=java.base/java.nio=ALL-UNNAMED",
                "-cp",
                classPath,
                SqueezedMain.class.getName());
    }

    private static ServiceProcess start(String[] options, String... main) throws IOException {
        List<String> command = new ArrayList<>(List.of(System.getProperty("java.home") + "/bin/java", LONG_OPTION));
        command.addAll(settings(options));
        command.addAll(List.of(main));
        return started(new ProcessBuilder(command));
    }

    private static List<String> settings(String... options) {
        return Stream.concat(Stream.of("quarkus.http.port=0"), Stream.of(options))
                .map(option -> option.startsWith("-") ? option : "-D" + option)
                .toList();
    }

    /** Starts the service by a command that leads to it, and has given it a port of the system's choice. */
    static ServiceProcess started(ProcessBuilder command) throws IOException {
        ServiceProcess service =
                new ServiceProcess(command.redirectErrorStream(true).start());
        service.reader.start();
        return service;
    }

    private void readLog() {
        try (BufferedReader lines = process.inputReader()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                log.add(line);
                if (line.startsWith(SqueezedMain.ACKNOWLEDGEMENT)) {
                    acknowledged.add(line);
                }
                complete(line);
                Matcher listening = LISTENING.matcher(line);
                if (listening.find()) {
                    port.complete(Integer.valueOf(listening.group(1)));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            port.completeExceptionally(new AssertionError("The service did not start:\n" + log()));
            acknowledged.add("the process has ended");
        }
    }

    /** Waits until the service says that it listens. */
    public ServiceProcess listening() {
        port.join();
        return this;
    }

    /** The port that it listens on; waits until it does. */
    public int port() {
        return port.join();
    }

    /** The system's number for the process. */
    public long pid() {
        return process.pid();
    }

    /** Completes with the first line of the log that holds this text. */
    public CompletableFuture<String> logged(String text) {
        CompletableFuture<String> line = awaited.computeIfAbsent(text, t -> new CompletableFuture<>());
        log.forEach(this::complete);
        return line;
    }

    /** Fails unless a line of the log holds this text; waits for it, because an answer may come before what the log says of it. */
    public void says(String text) {
        try {
            logged(text).get(60, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new AssertionError("No line of the log holds " + text + ":\n" + log(), e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private void complete(String line) {
        awaited.forEach((text, future) -> {
            if (line.contains(text)) {
                future.complete(line);
            }
        });
    }

    public String log() {
        return String.join("\n", log);
    }

    public HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return client.send(request(path).build(), BodyHandlers.ofString());
    }

    /** The value of a metric; its name, and where that is not enough the first of its tags, as Prometheus writes them. */
    public double metric(String series) throws IOException, InterruptedException {
        Matcher value = Pattern.compile("(?m)^" + Pattern.quote(series) + "[{,}].* (\\S+)$")
                .matcher(get("/q/metrics").body());
        assertTrue(value.find(), series);
        return Double.parseDouble(value.group(1));
    }

    /** Waits until the condition holds; the time-out of a test interrupts it. */
    static void await(Callable<Boolean> condition) throws Exception {
        while (!condition.call()) {
            if (Thread.interrupted()) {
                throw new InterruptedException("It was waited for in vain");
            }
            Thread.onSpinWait();
        }
    }

    public CompletableFuture<HttpResponse<String>> infer(String body) {
        HttpRequest request = request("/infer")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body))
                .build();
        return client.sendAsync(request, BodyHandlers.ofString());
    }

    /** Sends a request of any other door, over HTTP/1.1. */
    CompletableFuture<HttpResponse<String>> post(String path, String body) {
        HttpRequest request = request(path)
                .version(HttpClient.Version.HTTP_1_1)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body))
                .build();
        return client.sendAsync(request, BodyHandlers.ofString());
    }

    /** Sends the same as a CloudEvent. */
    CompletableFuture<HttpResponse<String>> event(String data) {
        HttpRequest request = request("/")
                .header("Content-Type", "application/json")
                .header("ce-specversion", "1.0")
                .header("ce-id", "1")
                .header("ce-source", "/tests")
                .header("ce-type", "dev.headroom.infer")
                .POST(BodyPublishers.ofString(data))
                .build();
        return client.sendAsync(request, BodyHandlers.ofString());
    }

    /** Sends a batch of CloudEvents. */
    CompletableFuture<HttpResponse<String>> events(String batch) {
        HttpRequest request = request("/")
                .header("Content-Type", "application/cloudevents-batch+json")
                .POST(BodyPublishers.ofString(batch))
                .build();
        return client.sendAsync(request, BodyHandlers.ofString());
    }

    /** Sends a request and hangs up without waiting for the answer. */
    void inferAndHangUp(String body) throws IOException {
        byte[] content = body.getBytes(StandardCharsets.UTF_8);
        String head = "POST /infer HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
                + content.length + "\r\n\r\n";
        try (Socket socket = new Socket("localhost", port.join())) {
            socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().write(content);
        }
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://localhost:" + port.join() + path));
    }

    /** Makes the tenant hold so many bytes of the arena, all in all, and waits until it does. */
    public void hold(long bytes) throws IOException, InterruptedException {
        BufferedWriter commands = process.outputWriter();
        commands.write(bytes + "\n");
        commands.flush();
        String answer = acknowledged.take();
        if (!answer.equals(SqueezedMain.ACKNOWLEDGEMENT + "holds " + bytes)) {
            throw new AssertionError(answer + "\n" + log());
        }
    }

    /** Stops the process where it is, until {@link #cont}. */
    public void stop() throws IOException, InterruptedException {
        signal("STOP");
    }

    /** Lets it go on. */
    public void cont() throws IOException, InterruptedException {
        signal("CONT");
    }

    /** Sends the process a signal by its name, such as TERM. */
    void signal(String name) throws IOException, InterruptedException {
        int status = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .inheritIO()
                .start()
                .waitFor();
        if (status != 0) {
            throw new AssertionError("kill -%s ended with %d".formatted(name, status));
        }
    }

    /** Ends it at once, wherever it is, and waits until it has ended. */
    public void kill() throws InterruptedException {
        process.toHandle().destroyForcibly();
        exitStatus();
    }

    /** Sends SIGTERM; by the handle, because the process itself would close its log too. */
    public void terminate() {
        process.toHandle().destroy();
    }

    /** Waits for the end of the process and of its log. */
    public int exitStatus() throws InterruptedException {
        reader.join();
        return process.waitFor();
    }

    @Override
    public void close() {
        client.close();
        process.destroyForcibly();
    }
}
