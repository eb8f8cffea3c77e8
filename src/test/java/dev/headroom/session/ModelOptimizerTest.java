package dev.headroom.session;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.model.ModelRepository;
import dev.headroom.model.file.BrokenModelException;
import dev.headroom.session.ExecutionProvider.Cpu;
import dev.headroom.task.DualEncoders;
import dev.headroom.tensor.Row;
import dev.headroom.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelOptimizerTest {

    private static final Path MODEL = Path.of("models/all-minilm-l6-v2");

    @TempDir
    Path folder;

    private static float[] firstToken(Path model) throws RunFailedException {
        Row row = new Row(List.of(
                Tensor.int64(new long[] {101, 7592, 102}),
                Tensor.int64(new long[] {1, 1, 1}),
                Tensor.int64(new long[] {0, 0, 0})));
        try (Model opened = OnnxModel.open(ModelRepository.graphs(model).getFirst(), new Cpu(1));
                BatchOutput output = opened.run(List.of(row))) {
            float[] values = new float[384];
            output.rows().getFirst().getFirst().floats().get(0, values);
            return values;
        }
    }

    @Test
    void theWeightsGetAFileOfTheirOwnAndTheAnswersStayTheSame() throws Exception {
        Path optimized = folder.resolve("optimized");
        new ModelOptimizer(MODEL, optimized).write();
        assertTrue(Files.size(optimized.resolve("all-minilm-l6-v2.onnx")) < 1_000_000);
        assertTrue(Files.size(optimized.resolve("all-minilm-l6-v2.onnx_data")) > 80_000_000);
        assertEquals(-1, Files.mismatch(MODEL.resolve("model.yaml"), optimized.resolve("model.yaml")));
        assertArrayEquals(firstToken(MODEL), firstToken(optimized), 1e-5f);
        assertFalse(Files.exists(folder.resolve(".optimized.part")));
    }

    @Test
    void bothGraphsOfADualEncoderAreOptimised() throws IOException {
        Path clip = DualEncoders.copy("clip", folder.resolve("clip"));
        Path optimized = folder.resolve("optimized");
        new ModelOptimizer(clip, optimized).write();
        for (String graph : List.of("onnx/text_model.onnx", "onnx/vision_model.onnx")) {
            assertTrue(Files.exists(optimized.resolve(graph + "_data")), graph);
        }
        assertEquals(2, ModelRepository.graphs(optimized).size());
    }

    /** What is written there would be copied, too. */
    @Test
    void aTargetInTheModelsFolderIsRefused() {
        Path inside = MODEL.resolve("out");
        String problem = assertThrows(BrokenModelException.class, () -> new ModelOptimizer(MODEL, inside).write())
                .getMessage();
        assertEquals(inside + ": lies in the folder of the model, which is copied; name one beside it.", problem);
        assertFalse(Files.exists(inside));
    }

    @Test
    void aLinkedFolderIsWrittenWhole() throws IOException {
        Path linked = Files.createSymbolicLink(folder.resolve("linked"), MODEL.toAbsolutePath());
        Path optimized = folder.resolve("optimized");
        new ModelOptimizer(linked, optimized).write();
        assertTrue(Files.exists(optimized.resolve("all-minilm-l6-v2-tokenizer.json")));
    }

    @Test
    void whatIsOptimisedAlreadyIsWrittenOnceMore() throws Exception {
        Path once = folder.resolve("once");
        Path twice = folder.resolve("twice");
        new ModelOptimizer(MODEL, once).write();
        new ModelOptimizer(once, twice).write();
        assertArrayEquals(firstToken(once), firstToken(twice), 1e-5f);
    }

    @Test
    void whatAnEarlierTryHasLeftIsReplaced() throws IOException {
        Files.createDirectories(folder.resolve(".optimized.part/onnx"));
        Files.writeString(folder.resolve(".optimized.part/onnx/left"), "half");
        new ModelOptimizer(MODEL, folder.resolve("optimized")).write();
        assertFalse(Files.exists(folder.resolve("optimized/onnx")));
    }

    @Test
    void aFolderThatIsThereIsKept() {
        BrokenModelException refused =
                assertThrows(BrokenModelException.class, () -> new ModelOptimizer(MODEL, folder).write());
        assertEquals(
                folder + ": is there already; name a folder that is not, or delete it first.", refused.getMessage());
    }

    @Test
    void nothingIsLeftOfAModelThatCannotBeOptimised() throws IOException {
        Path broken = Files.createDirectories(folder.resolve("broken"));
        for (String file : List.of("model.yaml", "all-minilm-l6-v2-tokenizer.json")) {
            Files.copy(MODEL.resolve(file), broken.resolve(file));
        }
        Files.writeString(broken.resolve("all-minilm-l6-v2.onnx"), "no graph");
        assertThrows(BrokenModelException.class, () -> new ModelOptimizer(broken, folder.resolve("optimized")).write());
        try (Stream<Path> left = Files.list(folder)) {
            assertEquals(List.of(broken), left.toList());
        }
    }
}
