package dev.headroom;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The workflows, as GitHub's own parser reads them, are valid, call what is there, and may do no more than they need. */
@Timeout(120)
class WorkflowsIT {

    private static final Path FOLDER = Path.of(".github/workflows");
    private static final ObjectMapper JSON = new ObjectMapper();

    private static NodeProgram reader;

    @BeforeAll
    static void install() throws IOException, InterruptedException {
        reader = NodeProgram.install("workflows", "read.mjs");
    }

    static Stream<Path> files() throws IOException {
        return Files.list(FOLDER);
    }

    private static JsonNode read(Path workflow) throws IOException, InterruptedException {
        JsonNode read = JSON.readTree(reader.run(workflow.toAbsolutePath().toString()));
        assertEquals("[]", read.get("problems").toString());
        return read.get("workflow");
    }

    private static Stream<JsonNode> steps(JsonNode workflow) {
        return workflow.get("jobs")
                .valueStream()
                .flatMap(job -> job.get("steps").valueStream());
    }

    @ParameterizedTest
    @MethodSource("files")
    void callScriptsThatAreThereWithoutTextFromOutside(Path file) throws Exception {
        List<String> commands = steps(read(file))
                .filter(step -> step.has("run"))
                .map(step -> step.get("run").asText())
                .toList();
        assertFalse(commands.isEmpty());
        for (String command : commands) {
            assertTrue(Files.isExecutable(Path.of(command.split(" ")[0])), command);
            assertFalse(command.contains("${{"), "an expression in a command is code: " + command);
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void pinEachActionToACommit(Path file) throws Exception {
        for (String line : Files.readAllLines(file)) {
            if (line.contains("uses:")) {
                assertTrue(line.matches(" +- uses: [a-z-]+/[a-z-]+@[0-9a-f]{40} # v\\d+\\.\\d+\\.\\d+"), line);
            }
        }
        read(file);
    }

    @ParameterizedTest
    @MethodSource("files")
    void mayDoNoMoreThanTheySay(Path file) throws Exception {
        JsonNode workflow = read(file);
        assertTrue(workflow.has("permissions"), "without it the token may do all");
        assertFalse(workflow.get("permissions").toString().contains("write"), "a job asks for what it writes");
        steps(workflow)
                .filter(step -> step.path("uses").asText().startsWith("actions/checkout"))
                .forEach(
                        step -> assertFalse(step.at("/with/persist-credentials").asBoolean(true)));
        workflow.get("jobs").forEach(job -> assertTrue(job.has("timeout-minutes")));
    }

    /** Each container file is an image of the release, and nothing else is. */
    @Test
    void publishTheImagesOfAllContainerFiles() throws Exception {
        TreeSet<String> published = new TreeSet<>();
        read(FOLDER.resolve("publish.yml"))
                .at("/jobs/image/strategy/matrix/include")
                .forEach(entry ->
                        published.add("Dockerfile." + entry.get("image").asText()));
        try (Stream<Path> files = DockerfilesIT.files()) {
            assertEquals(
                    files.map(file -> file.getFileName().toString()).sorted().toList(), List.copyOf(published));
        }
        String printed = script("--print", "all");
        for (String file : published) {
            assertTrue(printed.contains("+ docker build -f src/main/docker/" + file + " "), printed);
        }
    }

    @Test
    void refuseATagThatIsNotTheVersion() throws Exception {
        String sentence = script("check");
        assertTrue(sentence.startsWith("publish: The tag is v0, and pom.xml has the version "), sentence);
    }

    private static String script(String... arguments) throws IOException, InterruptedException {
        ProcessBuilder process = new ProcessBuilder(Stream.concat(Stream.of(".ci/publish"), Stream.of(arguments))
                        .toList())
                .redirectErrorStream(true);
        process.environment().putAll(Map.of("TAG", "v0", "REGISTRY", "registry.test", "REPOSITORY", "o/r"));
        Process running = process.start();
        String output = new String(running.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        running.waitFor();
        return output;
    }
}
