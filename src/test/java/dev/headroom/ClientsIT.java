package dev.headroom;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headroom.session.LlamaForm;
import dev.headroom.session.Stories;
import dev.headroom.session.TinyLlama;
import dev.headroom.session.WordModels;
import dev.headroom.task.References;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The programs in docs/clients.md ask the packaged service, each in its own language. */
@Timeout(240)
class ClientsIT {

    private static final Path DOCUMENT = Path.of("docs/clients.md");
    private static final List<Snippet> SNIPPETS = Snippet.of(DOCUMENT);
    private static final String KEY = "a-key-of-the-clients-0123456789";
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern COORDINATES = Pattern.compile("`([\\w.]+):([\\w-]+):([\\d.]+)`");

    /** The clients that are not run, and why. */
    private static final Map<String, String> NOT_RUN =
            Map.of("Spring AI", "its 49 jars are no dependency of the tests", "kn", "no package has its plugin");

    @TempDir
    private static Path folder;

    private static ServiceProcess service;
    private static NodeProgram node;

    @BeforeAll
    static void start() throws Exception {
        Files.createSymbolicLink(
                folder.resolve("all-minilm-l6-v2"),
                Path.of("models/all-minilm-l6-v2").toAbsolutePath());
        WordModels.classifier(folder.resolve("classifier"), "single_label_classification");
        writer(folder.resolve("my-llama"));
        service = ServiceProcess.start(
                "headroom.models=" + folder, "headroom.calibration=off", "headroom.auth.api-keys=" + KEY);
        node = NodeProgram.install("node-clients", "clients.mjs");
        service.listening();
    }

    private static void writer(Path folder) throws IOException {
        if (Stories.present()) {
            Files.createSymbolicLink(
                    folder, Stories.folder(Stories.FORMS.getFirst()).toAbsolutePath());
            return;
        }
        TinyLlama.write(folder, LlamaForm.SHARED);
        Files.writeString(folder.resolve("chat_template.jinja"), "{% for m in messages %}{{ m.content }}{% endfor %}");
    }

    @AfterAll
    static void stop() {
        if (service != null) {
            service.close();
        }
    }

    static Stream<Snippet> embeddings() {
        return run("embeddings");
    }

    static Stream<Snippet> chats() {
        return run("chat");
    }

    private static Stream<Snippet> run(String kind) {
        return SNIPPETS.stream()
                .filter(snippet -> snippet.kind().equals(kind) && !NOT_RUN.containsKey(snippet.client()));
    }

    private static Printed print(Snippet snippet) throws IOException, InterruptedException {
        return new Printed(new SnippetRunner(node.folder(), KEY).print(snippet.at("localhost:" + service.port())));
    }

    @Nested
    class OfOpenAi extends OpenAiClients {
        OfOpenAi() {
            super("http://localhost:" + service.port() + "/v1", KEY);
        }
    }

    @ParameterizedTest
    @MethodSource("embeddings")
    void printsTheReferencesNumbers(Snippet snippet) throws Exception {
        Printed printed = print(snippet);
        assertEquals(384, printed.numbers().getFirst(), printed.output());
        for (int i = 0; i < 3; i++) {
            assertEquals(
                    References.all().getFirst().vector()[i], printed.numbers().get(i + 1), 1e-3, printed.output());
        }
    }

    @ParameterizedTest
    @MethodSource("chats")
    void printsThePiecesOfTheWholeText(Snippet snippet) throws Exception {
        String whole = wholeText();
        assertFalse(whole.isEmpty());
        assertEquals(whole, print(snippet).text());
    }

    private static String wholeText() throws IOException, InterruptedException {
        String body =
                "{\"model\": \"my-llama\", \"messages\": [{\"role\": \"user\", \"content\": \"Once upon a time\"}], \"max_tokens\": 20}";
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://localhost:" + service.port() + "/v1/chat/completions"))
                .header("Content-Type", "application/json")
                .header("Authorization", "Bearer " + KEY)
                .POST(BodyPublishers.ofString(body))
                .build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            String answer = client.send(request, BodyHandlers.ofString()).body();
            return JSON.readTree(answer).at("/choices/0/message/content").textValue();
        }
    }

    @Test
    void everyProgramOfTheDocumentIsRunOrListed() {
        List<Snippet> neither = SNIPPETS.stream()
                .filter(snippet -> !NOT_RUN.containsKey(snippet.client()))
                .filter(snippet -> !List.of("embeddings", "chat").contains(snippet.kind()))
                .toList();
        assertEquals(List.of(), neither);
        assertTrue(SNIPPETS.stream().map(Snippet::client).toList().containsAll(NOT_RUN.keySet()));
    }

    @Test
    void theVersionsOfTheDocumentAreThoseThatRun() throws IOException {
        String document = Files.readString(DOCUMENT);
        JsonNode packages =
                JSON.readTree(node.folder().resolve("package.json").toFile()).path("dependencies");
        packages.properties()
                .forEach(one -> assertTrue(
                        document.contains("`npm install " + one.getKey() + "@"
                                + one.getValue().textValue() + "`"),
                        one.getKey()));
        List<String> missing = COORDINATES
                .matcher(document)
                .results()
                .filter(library -> !library.group(2).startsWith("spring-ai"))
                .map(library -> library.group(2) + "-" + library.group(3) + ".jar")
                .filter(jar -> !SnippetRunner.classPath().contains("/" + jar))
                .toList();
        assertEquals(List.of(), missing);
    }

    @Test
    void clientsForJavaScriptTellErrorsApartAndClassify() throws Exception {
        JsonNode read = JSON.readTree(node.run("http://localhost:" + service.port(), KEY));
        assertEquals(
                "[\"all-minilm-l6-v2\",\"classifier\",\"my-llama\"]",
                read.path("models").toString());
        assertEquals("model_not_found", read.path("unknown").textValue());
        assertEquals("context_length_exceeded", read.path("tooLong").textValue());
        assertEquals("odd", read.path("label").textValue());
        float[] raw = JSON.convertValue(read.path("raw"), float[].class);
        assertTrue(References.norm(raw) > 1.5, "it is not normalised");
        assertTrue(References.cosine(raw, References.all().getFirst().vector()) >= 0.999);
    }
}
