package dev.headroom.half;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.model.GraphFiles;
import dev.headroom.model.ModelRepository;
import dev.headroom.model.ModelSpec;
import dev.headroom.model.file.BrokenModelException;
import dev.headroom.plan.Precision;
import dev.headroom.session.ExecutionProvider.Cpu;
import dev.headroom.session.LlamaForm;
import dev.headroom.session.Model;
import dev.headroom.session.ModelOptimizer;
import dev.headroom.session.OnnxModel;
import dev.headroom.session.TinyLlama;
import dev.headroom.session.WordModels;
import dev.headroom.task.DualEncoders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole folders, through tokeniser and pooling. */
class HalfModelsTest {

    private static final Path MINILM = Path.of("models/all-minilm-l6-v2");
    private static final Path RESOURCES = Path.of("src/test/resources");

    @TempDir
    Path folder;

    private final List<String> told = new ArrayList<>();

    private Path made(Path model) {
        return made(model, Precision.HALF);
    }

    private Path made(Path model, Precision precision) {
        Path out = folder.resolve("made");
        new ModelOptimizer(model, out).write(new HalfModels(precision, told::add)::add);
        return out;
    }

    private String refused(Path model) {
        return assertThrows(BrokenModelException.class, () -> made(model)).getMessage();
    }

    @Test
    void theFileHasHalfTheSizeAndTheSamePorts() throws IOException {
        Path made = made(MINILM);
        String file = "all-minilm-l6-v2";
        double share = (double) Files.size(made.resolve(file + "_fp16.onnx_data"))
                / Files.size(made.resolve(file + ".onnx_data"));
        assertEquals(0.5, share, 0.005);
        try (Stream<Path> files = Files.list(made)) {
            assertEquals(6, files.count(), "and no file of the check");
        }
        assertTrue(told.getFirst().matches(".*; against it least cosine 0\\.9999\\d\\d .*"), told.getFirst());
        assertTrue(told.getFirst().contains("of up to 256 elements"), told.getFirst());

        ModelSpec spec = ModelRepository.graphs(made).getFirst();
        try (Model full = OnnxModel.open(spec, new Cpu(1));
                Model half =
                        OnnxModel.open(spec.with(GraphFiles.of(made, made.resolve(file + "_fp16.onnx"))), new Cpu(1))) {
            assertEquals(full.ports().inputNames(), half.ports().inputNames());
            assertEquals(full.ports().ofTask().name(), half.ports().ofTask().name());
            assertEquals(full.ports().ofTask().datatype(), half.ports().ofTask().datatype());
        }
    }

    @Test
    void noCastUndoesAnother() throws IOException {
        Path made = made(RESOURCES.resolve("inputs/qwen3"));
        Set<String> narrowed = new HashSet<>();
        Set<String> widened = new HashSet<>();
        for (GraphNode node : SmallGraphs.graph(made.resolve("model_fp16.onnx"))) {
            if (node.operator().equals("Cast")) {
                narrowed.addAll(node.outputs());
                widened.addAll(node.inputs());
            }
        }
        narrowed.removeIf(name -> !name.endsWith(".fp16"));
        widened.removeIf(name -> !name.endsWith(".fp16"));
        assertFalse(narrowed.isEmpty() || widened.isEmpty());
        assertTrue(Collections.disjoint(narrowed, widened));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "inputs/bert",
                "inputs/distilbert",
                "inputs/mpnet",
                "inputs/qwen3",
                "inputs/roberta",
                "inputs/siglip",
                "inputs/t5",
                "sentences",
                "cases/nomask",
                "cases/sentout",
                "cases/ner"
            })
    void modelsOfManyKindsAnswerAlike(String model) {
        Path made = made(RESOURCES.resolve(model));
        ModelSpec spec = ModelRepository.graphs(made).getFirst();
        assertEquals(
                Set.of(Precision.FULL, Precision.HALF), spec.graph().files().keySet());
        assertTrue(told.getFirst().contains("least cosine "), told.getFirst());
        assertFalse(told.getFirst().contains("scores"), told.getFirst());
    }

    @ParameterizedTest
    @ValueSource(strings = {"inputs/bert", "inputs/qwen3", "inputs/siglip", "inputs/t5", "sentences", "cases/ner"})
    void modelsOfManyKindsAnswerAlikeInBfloat16(String model) throws IOException {
        Path made = made(RESOURCES.resolve(model), Precision.BFLOAT16);
        ModelSpec spec = ModelRepository.graphs(made).getFirst();
        assertEquals(
                Set.of(Precision.FULL, Precision.BFLOAT16), spec.graph().files().keySet());
        assertTrue(told.getFirst().matches(".*_bf16\\.onnx: .*least cosine (0\\.999\\d*|1\\.0*) .*"), told.getFirst());
        try (Stream<Path> files = Files.walk(made)) {
            assertTrue(files.noneMatch(file -> file.getFileName().toString().startsWith(".")), "no file of the check");
        }
    }

    /** The 501st place of a text has more digits than bfloat16. */
    @ParameterizedTest
    @EnumSource(names = {"HALF", "BFLOAT16"})
    void farTokensKeepTheirPlaces(Precision precision) throws IOException {
        Path model = folder.resolve("far");
        try (Stream<Path> files = Files.list(RESOURCES.resolve("inputs/qwen3"))) {
            Files.createDirectories(model);
            for (Path file : files.toList()) {
                Files.copy(file, model.resolve(file.getFileName()));
            }
        }
        for (String file : List.of("config.json", "tokenizer_config.json", "model.yaml")) {
            Path path = model.resolve(file);
            Files.writeString(path, Files.readString(path).replaceAll("\\b40\\b", "2048"));
        }
        made(model, precision);
        assertTrue(told.getFirst().contains("of up to 2048 elements"), told.getFirst());
        assertTrue(told.getFirst().matches(".*least cosine (0\\.9999|1\\.0).*"), told.getFirst());
    }

    @Test
    void bothGraphsOfADualEncoderGetAFile() throws IOException {
        made(DualEncoders.copy("clip", folder.resolve("clip")));
        assertEquals(2, told.size());
        assertTrue(told.get(0).startsWith("text_model_fp16.onnx: "), told.get(0));
        assertTrue(told.get(1).startsWith("vision_model_fp16.onnx: "), told.get(1));
    }

    @Test
    void scoresAreComparedByTheirDifference() throws IOException {
        WordModels.classifier(folder.resolve("classifier"), "single_label_classification");
        made(folder.resolve("classifier"));
        assertTrue(told.getFirst().contains("against it scores apart by 0.0000 of the largest"), told.getFirst());
    }

    @Test
    void weightsOfTokensAreComparedAsAVector() throws IOException {
        WordModels.sparse(folder.resolve("sparse"));
        made(folder.resolve("sparse"));
        assertTrue(told.getFirst().contains("against it least cosine 1.000000"), told.getFirst());
    }

    @Test
    void aRerankerReadsPairs() throws IOException {
        WordModels.reranker(folder.resolve("reranker"));
        made(folder.resolve("reranker"));
        assertTrue(told.getFirst().contains("against it scores apart by 0.0000 of the largest"), told.getFirst());
    }

    @Test
    void aModelThatGeneratesTextIsRefused() {
        Path model = folder.resolve("llama");
        TinyLlama.write(model, LlamaForm.SHARED);
        String problem = refused(model);
        assertEquals(
                "made: it generates text, whose steps are not held against full precision here; export its graph in half precision.",
                problem);
    }

    @Test
    void aGraphOf16BitsIsNoBeginning() throws IOException {
        Path model = folder.resolve("words");
        WordModels.embedder(model);
        Files.move(model.resolve("model.onnx"), model.resolve("model_bf16.onnx"));
        String problem = refused(model);
        assertEquals(
                "made: its graph model_bf16.onnx has 16 bits already; begin with the graph in full precision.",
                problem);
    }

    @Test
    void aFileThatIsThereIsKept() throws IOException {
        Path model = folder.resolve("words");
        WordModels.embedder(model);
        Files.copy(model.resolve("model.onnx"), model.resolve("model_fp16.onnx"));
        String problem = refused(model);
        assertEquals(
                "made: there is a model_fp16.onnx already; take it out of the folder, or leave out --precision.",
                problem);
        assertFalse(Files.exists(folder.resolve("made")));
    }

    /** Half precision is found under the names that exporters use, and beside a file that model.yaml names. */
    @Test
    void aFileThatNobodyWouldFindIsNotMade() throws IOException {
        Path model = folder.resolve("words");
        WordModels.embedder(model);
        Files.createDirectories(model.resolve("onnx"));
        Files.move(model.resolve("model.onnx"), model.resolve("onnx/model_O2.onnx"));
        String problem = refused(model);
        assertEquals(
                "made: its graph is model_O2.onnx, beside which no model_O2_fp16.onnx is looked for; name the graph in model.yaml with the line 'file: ...'.",
                problem);
        Files.writeString(model.resolve("model.yaml"), "file: onnx/model_O2.onnx\n");
        assertTrue(Files.exists(made(model).resolve("onnx/model_O2_fp16.onnx")));
    }
}
