package dev.headroom.task;

import static dev.headroom.task.References.cosine;
import static dev.headroom.task.References.norm;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headroom.session.RunFailedException;
import dev.headroom.session.TensorModel;
import dev.headroom.session.TensorModel.Type;
import dev.headroom.session.WordModels;
import dev.headroom.task.image.TextLines;
import dev.headroom.tensor.Datatype;
import dev.headroom.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An item's answer is the same alone, among 31 of unlike lengths, and whatever their order. */
class NeighboursTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int ITEMS = 32;
    private static final double SAME = 0.99999;

    @TempDir
    Path folder;

    /** Small models with random weights, and the answers of transformers; see src/test/python/inputs.py. */
    @ParameterizedTest
    @ValueSource(strings = {"bert", "roberta", "mpnet", "distilbert", "t5", "qwen3", "siglip"})
    void aModelAnswersAsTransformersDoes(String name) throws IOException, RunFailedException {
        Path files = Path.of("src/test/resources/inputs", name);
        JsonNode answers = JSON.readTree(files.resolve("answers.json").toFile());
        try (OpenedModel model = new OpenedModel(files)) {
            answersAsTransformersDoes(model, name, answers);
        }
        try (OpenedModel model = OpenedModel.pooledInGraph(files)) {
            assertEquals(!name.equals("siglip"), model.poolsInGraph(), "SigLIP's graph pools by itself");
            answersAsTransformersDoes(model, name, answers);
        }
    }

    private static void answersAsTransformersDoes(OpenedModel model, String name, JsonNode answers)
            throws RunFailedException {
        List<Input> texts = new ArrayList<>();
        answers.forEach(answer -> texts.add(new Input.Text(answer.path("text").asText())));
        List<float[]> together = model.together(texts);
        for (int i = 0; i < texts.size(); i++) {
            float[] right = JSON.convertValue(answers.get(i).path("vector"), float[].class);
            for (float[] answer : List.of(model.alone(texts.get(i)), together.get(i))) {
                assertTrue(cosine(right, answer) >= SAME, name + " " + i + ": " + cosine(right, answer));
                assertEquals(norm(right), norm(answer), norm(right) * 1e-4);
            }
        }
        check(model, i -> texts.get(i % texts.size()));
    }

    @Test
    void theEmbeddedModel() throws RunFailedException {
        Path folder = Path.of("models/all-minilm-l6-v2");
        try (OpenedModel model = new OpenedModel(folder);
                OpenedModel inGraph = OpenedModel.pooledInGraph(folder)) {
            check(inGraph, i -> new Input.Text("the cat number " + i + " sees a bird. ".repeat(i * i % 23)));
            check(model, i -> new Input.Text("the cat number " + i + " sees a bird. ".repeat(i * i % 23)));
        }
    }

    @Test
    void anEmbedderWithoutAMask() throws IOException, RunFailedException {
        WordModels.embedder(folder);
        try (OpenedModel model = new OpenedModel(folder)) {
            check(model, NeighboursTest::words);
        }
    }

    @Test
    void aGraphThatPoolsWithoutAMask() throws RunFailedException {
        try (OpenedModel model = new OpenedModel(Path.of("src/test/resources/cases/nomask"))) {
            check(model, NeighboursTest::words);
            assertEquals(
                    List.of(1.5f, 2f, 0f, 1f),
                    list(model.together(many(NeighboursTest::words)).get(1)));
        }
    }

    @Test
    void aClassifier() throws IOException, RunFailedException {
        WordModels.classifier(folder, "multi_label_classification");
        try (OpenedModel model = new OpenedModel(folder)) {
            check(model, NeighboursTest::words);
        }
    }

    @Test
    void aReranker() throws IOException, RunFailedException {
        WordModels.reranker(folder);
        try (OpenedModel model = new OpenedModel(folder)) {
            check(model, i -> new Input.Pair("good", "bad good ".repeat(i % 4) + "odd"));
        }
    }

    @Test
    void aModelOfImages() throws IOException, RunFailedException {
        TextLines.writeModel(folder);
        try (OpenedModel model = new OpenedModel(folder)) {
            List<Input> lines = new ArrayList<>();
            for (int i = 0; i < ITEMS; i++) {
                lines.add(new Input.Image(
                        TextLines.line("LATER".repeat(1 + i % 4) + "147".repeat(i / 8), i % 3 == 0, "png")));
            }
            check(model, lines::get);
        }
    }

    @Test
    void aModelOfTensors() throws IOException, RunFailedException {
        TensorModel.write(folder, Type.FLOAT);
        try (OpenedModel model = new OpenedModel(folder)) {
            check(model, i -> new Input.Tensors(List.of(floats(3, i), floats(1 + i % 9, i)), List.of("same_b")));
        }
    }

    private static Tensor floats(int count, int first) {
        var data = Tensor.buffer(count * Float.BYTES);
        IntStream.range(0, count).forEach(i -> data.putFloat(first + i + 1));
        return new Tensor(Datatype.FP32, new long[] {count}, data.flip());
    }

    /** Texts of one to eight words; the second is "good bad". */
    private static Input words(int i) {
        return new Input.Text(i == 1 ? "good bad" : "good " + "bad odd good ".repeat(i % 3) + "odd ".repeat(i % 2));
    }

    private static List<Input> many(IntFunction<Input> inputs) {
        return IntStream.range(0, ITEMS).mapToObj(inputs).toList();
    }

    private static void check(OpenedModel model, IntFunction<Input> of) throws RunFailedException {
        List<Input> inputs = many(of);
        List<float[]> forth = model.together(inputs);
        List<float[]> back = model.together(inputs.reversed()).reversed();
        for (int i = 0; i < ITEMS; i++) {
            float[] alone = model.alone(inputs.get(i));
            for (float[] other : List.of(forth.get(i), back.get(i))) {
                assertTrue(cosine(alone, other) >= SAME, model.spec.name() + " " + i + ": " + cosine(alone, other));
                assertEquals(norm(alone), norm(other), norm(alone) * 1e-4);
            }
        }
    }

    private static List<Float> list(float[] values) {
        List<Float> list = new ArrayList<>();
        for (float value : values) {
            list.add(value);
        }
        return list;
    }
}
