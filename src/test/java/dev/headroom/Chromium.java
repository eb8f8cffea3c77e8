package dev.headroom;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A headless Chromium, driven by the WebDriver protocol of its chromedriver, on a port that the system chose. */
final class Chromium implements AutoCloseable {

    private static final Pattern STARTED = Pattern.compile("started successfully on port (\\d+)");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> ARGUMENTS =
            List.of("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars");

    private final Process driver;
    private final HttpClient client = HttpClient.newHttpClient();
    private final String root;
    private final String session;

    private Chromium(Process driver, String root) throws IOException, InterruptedException {
        this.driver = driver;
        this.root = root;
        Map<String, Object> wanted = Map.of(
                "browserName", "chrome",
                "goog:chromeOptions", Map.of("args", ARGUMENTS),
                "goog:loggingPrefs", Map.of("browser", "ALL"));
        this.session = "/session/"
                + send("POST", "/session", Map.of("capabilities", Map.of("alwaysMatch", wanted)))
                        .path("sessionId")
                        .asText();
    }

    /** The program chromedriver; empty where there is none on the PATH. */
    static Optional<Path> program() {
        return Stream.of(System.getenv("PATH").split(":"))
                .map(folder -> Path.of(folder, "chromedriver"))
                .filter(Files::isExecutable)
                .findFirst();
    }

    static Chromium start() throws IOException, InterruptedException {
        Process driver = new ProcessBuilder(program().orElseThrow().toString(), "--port=0")
                .redirectErrorStream(true)
                .start();
        BufferedReader lines = driver.inputReader();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            Matcher started = STARTED.matcher(line);
            if (started.find()) {
                return new Chromium(driver, "http://localhost:" + started.group(1));
            }
        }
        throw new IOException("chromedriver has ended with " + driver.waitFor());
    }

    private JsonNode send(String method, String path, Object body) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(root + path));
        request.method(
                method,
                body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(JSON.writeValueAsString(body)));
        JsonNode value = JSON.readTree(
                        client.send(request.build(), BodyHandlers.ofString()).body())
                .path("value");
        if (value.has("error")) {
            throw new AssertionError(value.path("message").asText());
        }
        return value;
    }

    private JsonNode post(String path, Object body) throws IOException, InterruptedException {
        return send("POST", session + path, body);
    }

    /** Goes to a page and waits until it is loaded. */
    void open(String address) throws IOException, InterruptedException {
        post("/url", Map.of("url", address));
    }

    /** Runs a script and returns what it returns. */
    JsonNode run(String script, Object... arguments) throws IOException, InterruptedException {
        return post("/execute/sync", Map.of("script", script, "args", arguments));
    }

    /** The text that elements show, one after the other; empty where there are none. */
    String text(String selector) throws IOException, InterruptedException {
        return run("return [...document.querySelectorAll(arguments[0])].map(e => e.innerText).join('\\n')", selector)
                .asText();
    }

    /** Clicks on the first element of a selector. */
    void click(String selector) throws IOException, InterruptedException {
        run("document.querySelector(arguments[0]).click()", selector);
    }

    /** Types a text instead of what a field holds. */
    void type(String selector, String text) throws IOException, InterruptedException {
        run(
                "const e = document.querySelector(arguments[0]); e.value = arguments[1]; e.dispatchEvent(new Event('input', {bubbles: true}))",
                selector,
                text);
    }

    /** Chooses an option of a list. */
    void choose(String selector, String option) throws IOException, InterruptedException {
        run(
                "const e = document.querySelector(arguments[0]); e.value = arguments[1]; e.dispatchEvent(new Event('change', {bubbles: true}))",
                selector,
                option);
    }

    /** Presses keys of the keyboard one after the other; those without a character by WebDriver's code. */
    void press(String keys) throws IOException, InterruptedException {
        List<Map<String, String>> strokes = keys.codePoints()
                .mapToObj(Character::toString)
                .flatMap(key ->
                        Stream.of(Map.of("type", "keyDown", "value", key), Map.of("type", "keyUp", "value", key)))
                .toList();
        post("/actions", Map.of("actions", List.of(Map.of("type", "key", "id", "keyboard", "actions", strokes))));
    }

    /** Gives the window this size, and the reader's choice of colours. */
    void show(int width, int height, String scheme) throws IOException, InterruptedException {
        devTools(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
        devTools(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
    }

    /** Writes a picture of the whole page into target/page. */
    void picture(String name) throws IOException, InterruptedException {
        JsonNode size = devTools("Page.getLayoutMetrics", Map.of()).path("cssContentSize");
        Map<String, Object> clip =
                Map.of("x", 0, "y", 0, "width", size.path("width"), "height", size.path("height"), "scale", 1);
        JsonNode picture = devTools("Page.captureScreenshot", Map.of("captureBeyondViewport", true, "clip", clip));
        Path folder = Files.createDirectories(Path.of("target/page"));
        Files.write(
                folder.resolve(name + ".png"),
                Base64.getDecoder().decode(picture.path("data").asText()));
    }

    private JsonNode devTools(String command, Map<String, Object> parameters) throws IOException, InterruptedException {
        return post("/goog/cdp/execute", Map.of("cmd", command, "params", parameters));
    }

    /** What the browser complained of since the last call: errors of scripts, and breaches of the page's policy. */
    List<String> complaints() throws IOException, InterruptedException {
        return post("/se/log", Map.of("type", "browser"))
                .valueStream()
                .map(entry -> entry.path("level").asText() + " "
                        + entry.path("message").asText())
                .toList();
    }

    @Override
    public void close() throws IOException {
        try (client) {
            send("DELETE", session, null);
            driver.destroy();
            driver.waitFor();
        } catch (InterruptedException e) {
            driver.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
