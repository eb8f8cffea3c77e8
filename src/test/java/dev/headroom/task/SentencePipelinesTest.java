package dev.headroom.task;

import static dev.headroom.task.References.cosine;
import static dev.headroom.task.References.norm;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headroom.model.ModelRepository;
import dev.headroom.model.ModelSpec;
import dev.headroom.model.TaskSpec;
import dev.headroom.session.BatchOutput;
import dev.headroom.session.DeviceThread;
import dev.headroom.session.ExecutionProvider.Cpu;
import dev.headroom.session.Model;
import dev.headroom.session.OnnxModel;
import dev.headroom.session.RunFailedException;
import dev.headroom.task.image.ImageLimits;
import dev.headroom.tensor.Row;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Folders as sentence-transformers saves them are answered as it answers them; src/test/python/sentences.py. */
class SentencePipelinesTest {

    private static final Path FILES = Path.of("src/test/resources/sentences");
    private static final JsonNode REFERENCE = read();
    private static final DeviceThread DEVICE = new DeviceThread("test");

    private static final Map<String, Options> OPTIONS = Map.of(
            "plain", options(Optional.empty(), OptionalInt.empty(), Optional.empty()),
            "query", options(Optional.empty(), OptionalInt.empty(), Optional.of("query")),
            "passage", options(Optional.empty(), OptionalInt.empty(), Optional.of("passage")),
            "normalized", options(Optional.of(true), OptionalInt.empty(), Optional.empty()),
            "cut", options(Optional.empty(), OptionalInt.of(3), Optional.empty()),
            "cutNormalized", options(Optional.of(true), OptionalInt.of(3), Optional.empty()));

    private static JsonNode read() {
        try {
            return new ObjectMapper().readTree(FILES.resolve("pipelines.json").toFile());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static Options options(Optional<Boolean> normalize, OptionalInt dimensions, Optional<String> prompt) {
        return new Options(normalize, dimensions, Truncation.RIGHT, prompt, false);
    }

    @AfterAll
    static void close() {
        DEVICE.close();
    }

    static Stream<Arguments> pipelines() {
        return REFERENCE.path("pipelines").properties().stream()
                .map(Map.Entry::getKey)
                .flatMap(name -> Stream.of(arguments(name, false), arguments(name, true)));
    }

    /** Writes the folder of a pipeline, and returns it. */
    private static Path write(Path folder, JsonNode files) throws IOException {
        for (String name : List.of("model.onnx", "config.json", "tokenizer.json", "tokenizer_config.json")) {
            Files.copy(FILES.resolve(name), folder.resolve(name));
        }
        for (Map.Entry<String, JsonNode> file : files.properties()) {
            Path path = folder.resolve(file.getKey());
            Files.createDirectories(path.getParent());
            Files.write(path, Base64.getDecoder().decode(file.getValue().asText()));
        }
        return folder;
    }

    @ParameterizedTest(name = "{0}, in the graph: {1}")
    @MethodSource("pipelines")
    void aSavedPipelineIsAnsweredAsTheLibraryAnswers(String name, boolean inGraph, @TempDir Path temporary)
            throws IOException {
        JsonNode pipeline = REFERENCE.path("pipelines").path(name);
        ModelSpec folder =
                ModelRepository.graphs(write(temporary, pipeline.path("files"))).getFirst();
        ModelSpec spec = inGraph ? folder.pooledInGraph() : folder;
        assertEquals(List.of(), spec.remarks(), "the folder decides all");
        try (Model model = DEVICE.call(() -> OnnxModel.open(spec, new Cpu(1)))) {
            Task task = new ModelTask(
                            TaskFiles.read(spec.task()),
                            model,
                            Preparation.by(1, 1, new ImageLimits(1_000_000, 1 << 26)))
                    .task();
            boolean normalized = ((TaskSpec.Embed) spec.task()).vectors().normalize();
            checkTogether(pipeline.path("plain"), task, model);
            OPTIONS.forEach(
                    (asked, options) -> check(pipeline.path(expected(asked, normalized)), task, model, options, asked));
        }
    }

    /** The vectors of a model that normalises have the length 1 after a request has them cut, too. */
    private static String expected(String asked, boolean normalized) {
        return normalized && asked.equals("cut") ? "cutNormalized" : asked;
    }

    private static void check(JsonNode expected, Task task, Model model, Options options, String asked) {
        for (int i = 0; i < expected.size(); i++) {
            String text = REFERENCE.path("texts").get(i).asText();
            checkEqual(expected.get(i), vector(task, model, text, options), "%s: %s".formatted(asked, text));
        }
    }

    private static void checkEqual(JsonNode expected, float[] vector, String message) {
        float[] right = new ObjectMapper().convertValue(expected, float[].class);
        assertEquals(right.length, vector.length, message);
        for (int d = 0; d < right.length; d++) {
            assertEquals(right[d], vector[d], 1e-3 * norm(right) + 1e-6, message);
        }
        assertTrue(norm(right) == 0 || cosine(vector, right) >= 0.9999, message);
    }

    /** All texts in one batch, the shorter ones padded. */
    private static void checkTogether(JsonNode expected, Task task, Model model) {
        List<Row> rows = StreamSupport.stream(REFERENCE.path("texts").spliterator(), false)
                .map(text -> task.row(new Input.Text(text.asText()), Options.USUAL, () -> false))
                .toList();
        try (BatchOutput output = model.run(rows)) {
            for (int i = 0; i < rows.size(); i++) {
                Answer answer = task.read(rows.get(i), output.rows().get(i), Options.USUAL);
                checkEqual(expected.get(i), ((Answer.Embedding) answer).vector(), "together, text " + i);
            }
        } catch (RunFailedException e) {
            throw new AssertionError(e);
        }
    }

    private static float[] vector(Task task, Model model, String text, Options options) {
        Row row = task.row(new Input.Text(text), options, () -> false);
        try (BatchOutput output = model.run(List.of(row))) {
            return ((Answer.Embedding) task.read(row, output.rows().getFirst(), options)).vector();
        } catch (RunFailedException e) {
            throw new AssertionError(e);
        }
    }
}
