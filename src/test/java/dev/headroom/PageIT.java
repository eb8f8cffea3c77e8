package dev.headroom;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headroom.session.LlamaForm;
import dev.headroom.session.TinyLlama;
import dev.headroom.session.WordModels;
import dev.headroom.task.image.TextLines;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The page of the packaged service, in a real browser. */
@Timeout(60)
class PageIT {

    private static final String KEY = "a-key-of-the-page-0123456789";
    private static final String TAB = "\uE004";
    private static final String ESCAPE = "\uE00C";
    private static final String RIGHT = "\uE014";

    @TempDir
    private static Path folder;

    private static ServiceProcess service;
    private static Chromium browser;

    @BeforeAll
    static void start() throws Exception {
        Assumptions.assumeTrue(
                Chromium.program().isPresent(),
                "there is no chromedriver here: apt-get install chromium chromium-driver");
        WordModels.embedder(folder.resolve("embedder"));
        Files.createSymbolicLink(
                folder.resolve("minilm"), Path.of("models/all-minilm-l6-v2").toAbsolutePath());
        WordModels.sparse(folder.resolve("weigher"));
        WordModels.classifier(folder.resolve("classifier"), "single_label_classification");
        WordModels.reranker(folder.resolve("reranker"));
        TextLines.writeModel(folder.resolve("eye"));
        TinyLlama.write(folder.resolve("writer"), LlamaForm.SHARED);
        Files.writeString(
                folder.resolve("writer/chat_template.jinja"), "{% for m in messages %}{{ m.content }}{% endfor %}");
        service = ServiceProcess.start("headroom.models=" + folder, "headroom.device=cpu", "headroom.calibration=off")
                .listening();
        browser = Chromium.start();
    }

    @AfterAll
    static void stop() throws Exception {
        if (browser != null) {
            browser.close();
        }
        if (service != null) {
            service.close();
        }
    }

    @AfterEach
    void theBrowserHasNothingToComplainOf() throws Exception {
        assertEquals(List.of(), browser.complaints());
    }

    private static void open(String path) throws Exception {
        browser.open("http://localhost:" + service.port() + path);
    }

    private static void live() throws Exception {
        open("/");
        shows("#status-word", "Live");
    }

    /** Waits until elements show a text. */
    private static void shows(String selector, String text) throws Exception {
        Instant end = Instant.now().plusSeconds(15);
        while (!browser.text(selector).contains(text)) {
            if (Instant.now().isAfter(end)) {
                fail("%s shows '%s' instead of '%s'; %s"
                        .formatted(selector, browser.text(selector), text, browser.complaints()));
            }
            Thread.onSpinWait();
        }
    }

    @Test
    void showsTheDeviceItsModelsAndTheirPlan() throws Exception {
        live();
        assertTrue(browser.text("#device-list").contains("minilm: weights"), browser.text("#device-list"));
        assertTrue(browser.text("#device-list").contains("writer: cache, free"));
        assertTrue(browser.text("#device-list").contains("Headroom"));
        assertTrue(browser.text("#models-body").contains("ranks documents"), browser.text("#models-body"));
        browser.choose("#plan-model", "writer");
        shows("#plan-body", "are continued at a time");
        browser.choose("#plan-model", "embedder");
        shows("#plan-body", "run together in one batch");
    }

    @Test
    void chartsRiseWithTheRequests() throws Exception {
        live();
        ServiceProcess.await(() -> {
            service.infer("{\"model\": \"embedder\", \"inputs\": [\"a\", \"b\"]}")
                    .join();
            return browser.run("return document.querySelectorAll('.chart .line.c1').length")
                                    .asInt()
                            > 2
                    && !browser.text(".chart:nth-child(2) .value").matches("[–0]");
        });
    }

    @ParameterizedTest
    @CsvSource({
        "embedder, Embedding, 4 numbers",
        "minilm, Similarity, A stream between the hills",
        "weigher, Sparse vector, weights, the largest",
        "classifier, Classification, odd",
        "reranker, Rerank, The cheetah runs",
        "writer, Chat, ''",
        "writer, Completion, ''"
    })
    void eachCallOfEachModelIsAnswered(String model, String kind, String shown) throws Exception {
        live();
        tryIt(model, kind);
        browser.type(".asked textarea", "a short text"); // the models of words read no longer one
        browser.click(".asked button.primary");
        shows(".answer-status", "200");
        shows(".answer-body", shown);
        assertEquals("", browser.text(".answer-body .failure"));
    }

    private static void tryIt(String model, String kind) throws Exception {
        browser.choose("#try-model", model);
        shows(".asked .tabs", kind);
        browser.run(
                "[...document.querySelectorAll('.asked [role=tab]')].find(t => t.textContent === arguments[0]).click()",
                kind);
    }

    @Test
    void aDroppedImageIsRead() throws Exception {
        live();
        browser.choose("#try-model", "eye");
        shows("#try-body", "Drop an image here");
        browser.run(
                """
                const bytes = Uint8Array.from(atob(arguments[0]), c => c.charCodeAt(0));
                const dropped = new DataTransfer();
                dropped.items.add(new File([bytes], "it's.png", {type: "image/png"}));
                document.querySelector(".drop").dispatchEvent(new DragEvent("drop", {dataTransfer: dropped}));""",
                Base64.getEncoder().encodeToString(Files.readAllBytes(Path.of("src/test/resources/image/rgb.png"))));
        shows(".drop", "it's.png");
        assertTrue(browser.text(".code code").contains("base64 < 'it'\\''s.png'"), browser.text(".code code"));
        browser.click(".asked button.primary");
        shows(".answer-body .scores", "upright");
    }

    @Test
    void aRefusalIsShownAsTheServiceSaysIt() throws Exception {
        live();
        tryIt("embedder", "Embedding");
        browser.type(".asked input[inputmode]", "100000");
        browser.click(".asked button.primary");
        shows(".answer-body .failure", "dimensions");
        shows(".answer-status", "400");
        browser.complaints(); // of the status 400
    }

    @Test
    void aNumberThatIsNoneIsToldBesideItsField() throws Exception {
        live();
        tryIt("embedder", "Embedding");
        browser.type(".asked input[inputmode]", "many");
        shows(".asked .wrong", "Dimensions is \"many\"; write a number.");
    }

    /** The programs send what was typed, whatever it is: each gets the vector that the page gets. */
    @ParameterizedTest
    @ValueSource(strings = {"curl", "Python", "Java"})
    void theProgramSendsWhatWasTyped(String language) throws Exception {
        live();
        tryIt("minilm", "Embedding");
        String typed = "It's \"fine\" \\n $HOME `id` %s ü\u2028 {true} null 🙂";
        browser.type(".asked textarea", typed);
        browser.run(
                "[...document.querySelectorAll('.code [role=tab]')].find(t => t.textContent === arguments[0]).click()",
                language);
        JsonNode answer = new ObjectMapper()
                .readTree(output(
                                language,
                                browser.run("return document.querySelector('.code code').textContent")
                                        .asText())
                        .replace('\'', '"'));
        JsonNode expected = new ObjectMapper()
                .readTree(service.post(
                                "/v1/embeddings",
                                new ObjectMapper()
                                        .createObjectNode()
                                        .put("model", "minilm")
                                        .put("input", typed)
                                        .toString())
                        .join()
                        .body());
        assertEquals(expected.at("/usage/prompt_tokens"), answer.at("/usage/prompt_tokens"), answer.toString());
        assertEquals(
                expected.at("/data/0/embedding").toString().substring(0, 5),
                answer.at("/data/0/embedding").toString().substring(0, 5));
    }

    private static String output(String language, String program) throws Exception {
        String java = System.getProperty("java.home") + "/bin/java";
        List<String> command = new ArrayList<>(
                switch (language) {
                    case "curl" -> List.of("bash");
                    case "Python" -> List.of("python3");
                    default -> List.of(java);
                });
        command.add(Files.writeString(Files.createTempFile("Program", language.equals("Java") ? ".java" : ""), program)
                .toString());
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        return new String(process.getInputStream().readAllBytes());
    }

    @Test
    void theKeyboardReachesEveryReason() throws Exception {
        live();
        String reason =
                "return document.activeElement.matches('.fact') ? document.getElementById(document.activeElement.getAttribute('aria-describedby')).textContent : ''";
        ServiceProcess.await(() -> {
            browser.press(TAB);
            return !browser.run(reason).asText().isEmpty();
        });
        assertFalse(browser.run("return document.getElementById('tip').hidden").asBoolean());
        browser.press(ESCAPE);
        assertTrue(browser.run("return document.getElementById('tip').hidden").asBoolean());
        browser.run("document.querySelector('.code [role=tab][aria-selected=true]').focus()");
        browser.press(RIGHT);
        assertEquals(
                "Python",
                browser.run("return document.activeElement.textContent").asText());
        shows(".code code", "urllib.request");
    }

    @Test
    void everyControlHasAName() throws Exception {
        live();
        for (String path : List.of("/", "/page/api.html")) {
            open(path);
            shows("h1", path.equals("/") ? "core" : "API");
            assertEquals(
                    "[]",
                    browser.run(
                                    "return [...document.querySelectorAll('button, input, select, textarea, a')].filter(e => !(e.textContent.trim() || e.getAttribute('aria-label') || e.labels?.length)).map(e => e.outerHTML)")
                            .toString());
        }
    }

    @Test
    void nothingIsAskedOfAnotherHost() throws Exception {
        live();
        JsonNode others = browser.run(
                "return performance.getEntriesByType('resource').map(e => e.name).filter(name => new URL(name).origin !== location.origin)");
        assertEquals("[]", others.toString());
    }

    @ParameterizedTest
    @CsvSource({"360, light", "360, dark", "1280, light", "1280, dark", "1600, dark"})
    void fitsTheWindow(int width, String scheme) throws Exception {
        browser.show(width, 900, scheme);
        for (String path : List.of("/page/api.html", "/")) {
            open(path);
            shows("body", path.equals("/") ? "run together" : "/v1/embeddings");
            assertEquals(
                    width,
                    browser.run("return document.documentElement.scrollWidth").asInt(),
                    path);
        }
        browser.picture(width + "-" + scheme);
        browser.show(1280, 900, "light");
    }

    @Test
    void theApiPageShowsEveryOperation() throws Exception {
        open("/page/api.html");
        shows("#api-list", "/q/metrics");
        assertEquals(
                browser.run("return document.querySelectorAll('#api-list a').length")
                        .asInt(),
                browser.run("return document.querySelectorAll('.operation').length")
                        .asInt());
        assertTrue(browser.text("#post-v1-embeddings").contains("curl 'http://localhost:"));
    }

    @Test
    void aServiceThatIsGoneIsToldAndComesBack(@TempDir Path models) throws Exception {
        WordModels.embedder(models.resolve("embedder"));
        try (ServiceProcess other =
                ServiceProcess.start("headroom.models=" + models).listening()) {
            browser.open("http://localhost:" + other.port() + "/");
            shows("#status-word", "Live");
            other.kill();
            shows("#status-word", "No answer");
            shows("#trouble", "The page tries again every second.");
            browser.picture("gone");
        }
        open("/");
        browser.complaints(); // of the connection
    }

    @Test
    void aServiceWithKeysIsShownToWhoHasOne(@TempDir Path models) throws Exception {
        WordModels.embedder(models.resolve("embedder"));
        try (ServiceProcess guarded = ServiceProcess.start("headroom.models=" + models, "headroom.auth.api-keys=" + KEY)
                .listening()) {
            browser.open("http://localhost:" + guarded.port() + "/");
            shows("#status-word", "Needs a key");
            browser.picture("key");
            browser.type("#key-input", KEY);
            browser.click("#key-form button[type=submit]");
            shows("#status-word", "Live");
            shows(".code code", "Bearer $HEADROOM_KEY");
            assertEquals(
                    "0",
                    browser.run("return String(localStorage.length + sessionStorage.length + document.cookie.length)")
                            .asText());
            assertFalse(browser.run("return document.documentElement.outerHTML")
                    .asText()
                    .contains(KEY));
            browser.complaints(); // of the status 401
        }
        open("/");
    }

    @Test
    void onAPortForOperatorsCallsAreOnlyWrittenDown(@TempDir Path models) throws Exception {
        WordModels.embedder(models.resolve("embedder"));
        try (ServiceProcess divided = ServiceProcess.start("headroom.models=" + models, "headroom.management.port=0")
                .listening()) {
            String line = divided.logged("the page are on port ").join();
            browser.open("http://localhost:" + line.replaceAll(".* on port (\\d+).*", "$1") + "/");
            shows("#try-note:not([hidden])", "other port");
            browser.type("#try-address", "http://calls.example.org/");
            shows(".code code", "curl 'http://calls.example.org/v1/embeddings'");
            assertTrue(browser.run("return document.querySelector('.asked button.primary').disabled")
                    .asBoolean());
            browser.complaints(); // of the status 404
        }
        open("/");
    }
}
