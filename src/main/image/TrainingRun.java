import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Runs the service of an image as it will run, calls its doors as callers do, and ends it: the JVM then writes what it has
 * learned of classes.
 *
 * @param image the image's folder
 * @param settings what this build does not start without, such as {@code a.setting=value}
 */
record TrainingRun(Path image, List<String> settings) {

    private static final Pattern LISTENING = Pattern.compile("Listening on: http://[^:]+:(\\d+)");

    private static final int LONGEST_SECONDS = 600;

    /** Enough for the JVM to know which methods are hot. */
    static final int ROUNDS = 200;

    static final int BULK_ROUNDS = 10;

    private static final String SHORT = "{\"inputs\": \"What is headroom?\"}";
    private static final String SEVERAL =
            "{\"inputs\": [\"one text\", \"another, which is a little longer\", \"and a third\"]}";
    private static final String EVENT = """
            {"specversion": "1.0", "id": "%d", "source": "/training", "type": "dev.headroom.infer",
             "data": {"inputs": "an event"}}""";

    void record() throws IOException, InterruptedException {
        Path cache = image.resolve("headroom.aot");
        Files.deleteIfExists(cache);
        Process service = start(cache);
        CompletableFuture.delayedExecutor(LONGEST_SECONDS, TimeUnit.SECONDS).execute(service::destroyForcibly);
        StringBuffer log = new StringBuffer();
        CompletableFuture<Integer> port = new CompletableFuture<>();
        Thread reader = Thread.ofPlatform().start(() -> read(service, log, port));
        try (HttpClient http1 =
                        HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
                HttpClient http2 = HttpClient.newHttpClient()) {
            String address = "http://localhost:" + port.join();
            call(http2, address);
            call(http1, address);
            new TrainingTensors(address, get(http1, address + "/v1/models")).call(http1, http2);
            service.toHandle().destroy();
            reader.join();
            int status = service.waitFor();
            if (status != 0 || !Files.exists(cache)) {
                throw new IOException("The training run ended with status %d:%n%s".formatted(status, log));
            }
        } catch (CompletionException e) {
            throw new IOException("The training run did not start:\n" + log);
        } finally {
            service.destroyForcibly();
        }
    }

    private static void read(Process service, StringBuffer log, CompletableFuture<Integer> port) {
        service.inputReader().lines().forEach(line -> {
            log.append(line).append(System.lineSeparator());
            Matcher listening = LISTENING.matcher(line);
            if (listening.find()) {
                port.complete(Integer.valueOf(listening.group(1)));
            }
        });
        port.completeExceptionally(new IOException("it has ended"));
    }

    /** With the options of the image but for the cache, which is written instead of read. */
    private Process start(Path cache) throws IOException {
        List<String> command =
                new ArrayList<>(List.of("jre/bin/java", "-XX:AOTCacheOutput=" + cache, "-Dquarkus.http.port=0"));
        settings.forEach(setting -> command.add("-D" + setting));
        for (String option : Files.readAllLines(image.resolve("java.args"))) {
            if (!option.isBlank() && !option.startsWith("-XX:AOTCache") && !option.startsWith("#")) {
                command.addAll(List.of(option.split(" ")));
            }
        }
        ProcessBuilder process = new ProcessBuilder(command).directory(image.toFile()).redirectErrorStream(true);
        process.environment().keySet().removeIf(name -> name.matches("(HEADROOM|QUARKUS|JDK_JAVA|JAVA_TOOL)_.*"));
        process.environment().put("HEADROOM_DEVICE", "cpu");
        return process.start();
    }

    private void call(HttpClient client, String service) throws IOException, InterruptedException {
        get(client, service + "/q/health/started");
        for (int round = 0; round < ROUNDS; round++) {
            post(client, service + "/infer", "application/json", SHORT);
            post(client, service + "/", "application/cloudevents+json", EVENT.formatted(round));
        }
        post(client, service + "/infer", "application/json", SEVERAL);
        String many = "{\"inputs\": [\"%s\"]}".formatted("a text of many\", \"".repeat(63) + "the last");
        String batch = "[" + EVENT.formatted(-1) + "," + EVENT.formatted(-2) + "]";
        for (int round = 0; round < BULK_ROUNDS; round++) {
            post(client, service + "/infer", "application/json", many);
            post(client, service + "/", "application/cloudevents-batch+json", batch);
            post(client, service + "/v1/embeddings", "application/json", "{\"input\": \"a text\"}");
            post(client, service + "/embed", "application/json", SHORT);
        }
        HttpResponse<String> ready = send(client, service + "/q/health/ready");
        if (settings.isEmpty()) { // else it is the worker, whose broker is away
            check(ready);
        }
        for (String path : List.of(
                "/q/health/live", "/plan", "/q/metrics", "/v2", "/v1/models", "/info")) {
            get(client, service + path);
        }
    }

    static String get(HttpClient client, String uri) throws IOException, InterruptedException {
        HttpResponse<String> answer = send(client, uri);
        check(answer);
        return answer.body();
    }

    private static HttpResponse<String> send(HttpClient client, String uri) throws IOException, InterruptedException {
        return client.send(HttpRequest.newBuilder(URI.create(uri)).build(), BodyHandlers.ofString());
    }

    private static void post(HttpClient client, String uri, String type, String body)
            throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(uri))
                .header("Content-Type", type)
                .POST(BodyPublishers.ofString(body))
                .build();
        check(client.send(request, BodyHandlers.ofString()));
    }

    static void check(HttpResponse<?> answer) throws IOException {
        if (answer.statusCode() != 200 || !answer.headers().firstValue("grpc-status").orElse("0").equals("0")) {
            Object body = answer.body() instanceof byte[] bytes ? new String(bytes, StandardCharsets.UTF_8) : answer.body();
            throw new IOException("%s was answered %d %s: %s"
                    .formatted(answer.uri(), answer.statusCode(), answer.headers().map(), body));
        }
    }
}
