package dev.headroom.task;

import static dev.headroom.task.References.cosine;
import static dev.headroom.task.References.norm;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.batch.BatchMeters;
import dev.headroom.batch.Batcher;
import dev.headroom.device.DeviceMemory;
import dev.headroom.gate.Gate;
import dev.headroom.model.ModelRepository;
import dev.headroom.model.ModelSpec;
import dev.headroom.model.file.BrokenModelException;
import dev.headroom.plan.Plans;
import dev.headroom.request.Item;
import dev.headroom.request.Outcome;
import dev.headroom.request.Urgency;
import dev.headroom.session.DeviceThread;
import dev.headroom.session.ExecutionProvider.Cpu;
import dev.headroom.session.Model;
import dev.headroom.session.OnnxModel;
import dev.headroom.task.References.Reference;
import dev.headroom.task.image.ImageLimits;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Everything but the wire: the real tokeniser, batcher, device thread, ONNX Runtime and model. */
class PipelineTest {

    private static final List<Reference> REFERENCES = References.all();

    private static final DeviceThread DEVICE = new DeviceThread("test");
    private static Pipeline pipeline;

    @BeforeAll
    static void open() {
        pipeline = pipeline(Path.of("models"));
    }

    @AfterAll
    static void close() {
        pipeline.close();
        DEVICE.close();
    }

    private static Pipeline pipeline(Path models) {
        ModelSpec spec = new ModelRepository(models).scan().getFirst();
        Model model = DEVICE.call(() -> OnnxModel.open(spec, new Cpu(2)));
        Batcher batcher = new Batcher(
                model,
                new Gate(DEVICE, DeviceMemory.UNKNOWN),
                Plans.of("headroom.batch.max-items", "32", "headroom.timeout", "60s"),
                new BatchMeters(new SimpleMeterRegistry(), spec.name()));
        return OpenPipeline.of(
                new ModelTask(
                        TaskFiles.read(spec.task()), model, Preparation.by(2, 2, new ImageLimits(1_000_000, 1 << 26))),
                batcher);
    }

    private static List<float[]> embed(Pipeline by, List<String> texts, Optional<Boolean> normalize) {
        Options options = new Options(normalize, OptionalInt.empty(), Truncation.RIGHT, Optional.empty(), false);
        List<Pipeline.Entry> entries = texts.stream()
                .map(text -> new Pipeline.Entry("test", new Input.Text(text)))
                .toList();
        return by.run(entries, options, Urgency.INTERACTIVE).stream()
                .map(PipelineTest::vector)
                .toList();
    }

    private static float[] vector(Item<Answer> item) {
        return switch (item.outcome().join()) {
            case Outcome.Answered<Answer>(Answer answer) -> ((Answer.Embedding) answer).vector();
            case Outcome.Failed<Answer> failed -> throw new AssertionError(failed);
        };
    }

    private static float[] alone(String text) {
        return embed(pipeline, List.of(text), Optional.empty()).getFirst();
    }

    @Test
    void everyTextAloneAgreesWithTheReference() {
        for (Reference reference : REFERENCES) {
            float[] vector = alone(reference.text());
            assertEquals(384, vector.length);
            assertTrue(cosine(vector, reference.vector()) >= 0.999, reference.text());
            assertEquals(1, norm(vector), 1e-4, reference.text());
        }
    }

    @Test
    void theBatchATextTravelsInDoesNotChangeIt() {
        List<String> texts =
                new ArrayList<>(REFERENCES.stream().map(Reference::text).toList());
        texts.addAll(texts.reversed());
        List<float[]> together = embed(pipeline, texts, Optional.empty());
        for (int i = 0; i < texts.size(); i++) {
            assertTrue(cosine(alone(texts.get(i)), together.get(i)) >= 0.99999, texts.get(i));
        }
    }

    @Test
    void aLongTextIsCutAt256Tokens() {
        String words = "word ".repeat(254);
        assertTrue(cosine(alone(words), alone(words + "and much more that nobody reads")) >= 0.99999);
        assertTrue(cosine(alone(words), alone("word ".repeat(200) + "other")) < 0.99999);
    }

    @Test
    void vectorsAreLeftAsTheyAreWhereTheRequestSaysSo() {
        float[] raw =
                embed(pipeline, List.of("Hello world"), Optional.of(false)).getFirst();
        assertTrue(Math.abs(norm(raw) - 1) > 0.01, "norm " + norm(raw));
        assertTrue(cosine(raw, alone("Hello world")) >= 0.99999);
    }

    @Test
    void anEmptyTextAndNulAndEmojiAreTexts() {
        embed(pipeline, List.of("", "\0", "a\0b", "🚀", " ", "\uFFFF"), Optional.empty())
                .forEach(vector -> assertEquals(1, norm(vector), 1e-4));
    }

    @Test
    void aFolderAsHuggingFaceWritesItIsServedWithNoFileOfOurs(@TempDir Path models) throws IOException {
        Path source = Path.of("models/all-minilm-l6-v2").toAbsolutePath();
        Path folder = Files.createDirectories(models.resolve("hf/onnx")).getParent();
        Files.createDirectories(folder.resolve("1_Pooling"));
        Files.createSymbolicLink(folder.resolve("onnx/model.onnx"), source.resolve("all-minilm-l6-v2.onnx"));
        Files.createSymbolicLink(folder.resolve("tokenizer.json"), source.resolve("all-minilm-l6-v2-tokenizer.json"));
        Files.writeString(folder.resolve("config.json"), "{\"max_position_embeddings\": 512}");
        Files.writeString(folder.resolve("sentence_bert_config.json"), "{\"max_seq_length\": 256}");
        Files.writeString(folder.resolve("1_Pooling/config.json"), "{\"pooling_mode_mean_tokens\": true}");
        try (Pipeline exported = pipeline(models)) {
            List<String> texts = REFERENCES.stream().map(Reference::text).toList();
            List<float[]> vectors = embed(exported, texts, Optional.empty());
            for (int i = 0; i < texts.size(); i++) {
                assertTrue(cosine(vectors.get(i), REFERENCES.get(i).vector()) >= 0.999, texts.get(i));
            }
        }
    }

    @Test
    void aDamagedTokenizerIsNamed(@TempDir Path models) throws IOException {
        Path folder = Files.createDirectories(models.resolve("m"));
        Files.createSymbolicLink(
                folder.resolve("model.onnx"),
                Path.of("models/all-minilm-l6-v2/all-minilm-l6-v2.onnx").toAbsolutePath());
        Files.writeString(folder.resolve("tokenizer.json"), "{\"no\": \"tokenizer\"}");
        BrokenModelException e = assertThrows(BrokenModelException.class, () -> pipeline(models));
        assertTrue(e.getMessage().startsWith(folder + ": tokenizer.json is no tokeniser"), e.getMessage());
    }
}
