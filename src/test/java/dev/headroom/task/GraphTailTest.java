package dev.headroom.task;

import static dev.headroom.session.OnnxWriter.BFLOAT16;
import static dev.headroom.session.OnnxWriter.FLOAT;
import static dev.headroom.session.OnnxWriter.FLOAT16;
import static dev.headroom.session.OnnxWriter.INT64;
import static dev.headroom.session.OnnxWriter.fixed;
import static dev.headroom.session.OnnxWriter.initializer;
import static dev.headroom.session.OnnxWriter.join;
import static dev.headroom.session.OnnxWriter.message;
import static dev.headroom.session.OnnxWriter.number;
import static dev.headroom.session.OnnxWriter.open;
import static dev.headroom.session.OnnxWriter.port;
import static dev.headroom.session.OnnxWriter.tensor;
import static dev.headroom.session.OnnxWriter.text;
import static dev.headroom.task.References.cosine;
import static dev.headroom.task.References.norm;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.model.DenseActivation;
import dev.headroom.model.GraphTail;
import dev.headroom.model.Layer;
import dev.headroom.model.ModelRepository;
import dev.headroom.model.ModelSpec;
import dev.headroom.model.Pooling;
import dev.headroom.model.TaskSpec;
import dev.headroom.session.BatchOutput;
import dev.headroom.session.ExecutionProvider.Cpu;
import dev.headroom.session.ModelOptimizer;
import dev.headroom.session.OnnxModel;
import dev.headroom.session.RunFailedException;
import dev.headroom.session.WordModels;
import dev.headroom.tensor.Row;
import dev.headroom.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The nodes that are appended to a graph give the vectors that Java gives. */
class GraphTailTest {

    private static final int WORDS = 8;
    private static final int WIDTH = 5;
    private static final double SAME = 0.999999;

    @TempDir
    Path folder;

    /** The vectors of texts of one to seven tokens that share a batch. */
    @ParameterizedTest
    @CsvSource({
        FLOAT + ", 11, true",
        FLOAT + ", 11, false",
        FLOAT + ", 13, true",
        FLOAT + ", 17, true",
        FLOAT + ", 18, false",
        FLOAT + ", 21, true",
        FLOAT16 + ", 13, true",
        FLOAT16 + ", 18, false",
        BFLOAT16 + ", 13, true",
    })
    void everyPoolingIsJavas(int type, int opset, boolean masked) throws Exception {
        List<List<Pooling>> all = new ArrayList<>();
        Stream.of(Pooling.values()).forEach(pooling -> all.add(List.of(pooling)));
        all.add(List.of(Pooling.values()));
        write(type, opset, masked);
        for (List<Pooling> poolings : all) {
            check(with(poolings, List.of(new Layer.Normalize())));
            check(with(poolings, List.of()));
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyLayerIsJavas(DenseActivation activation) throws Exception {
        write(FLOAT, 13, true);
        Layer wide = new Layer.Dense(WIDTH, 7, random(7 * WIDTH), random(7), activation, random(7 * WIDTH));
        Layer narrow = new Layer.Dense(7, 3, random(21), new float[3], activation, new float[0]);
        Layer norm = new Layer.LayerNorm(random(7), random(7));
        check(with(List.of(Pooling.MEAN), List.of(new Layer.Normalize(), wide, norm, narrow, new Layer.Normalize())));
        check(with(List.of(Pooling.MEAN), List.of(wide)));
        for (boolean twice : new boolean[] {false, true}) {
            check(with(List.of(Pooling.MAX), List.of(new Layer.LogSaturation(twice))));
        }
    }

    @Test
    void aPooledVectorIsProjectedInTheGraph() throws Exception {
        writePooled();
        Layer layer = new Layer.Dense(WIDTH, 3, random(3 * WIDTH), random(3), DenseActivation.TANH, new float[0]);
        check(with(List.of(), List.of(layer, new Layer.Normalize())));
        assertTrue(with(List.of(), List.of(new Layer.Normalize()))
                .pooledInGraph()
                .graph()
                .tail()
                .isEmpty());
    }

    @Test
    void callersSeeTheGraphsOwnOutputsOnlyAndMayAskForThem() throws Exception {
        write(FLOAT, 13, true);
        ModelSpec spec = with(List.of(Pooling.MEAN), List.of()).pooledInGraph();
        try (OnnxModel model = OnnxModel.open(spec, new Cpu(1))) {
            assertEquals(
                    List.of("vectors"),
                    model.ports().outputs().stream().map(port -> port.name()).toList());
            Row text = row(3);
            Row own = Row.of(text.inputs(), List.of("vectors"));
            assertFalse(own.form().equals(text.form()), "they share no batch");
            try (BatchOutput output = model.run(List.of(own, own))) {
                assertArrayEquals(
                        new long[] {3, WIDTH}, output.rows().get(1).getFirst().shape());
            }
            Row hidden = Row.of(text.inputs(), List.of(GraphTail.OUTPUT));
            assertThrows(IllegalArgumentException.class, () -> model.run(List.of(hidden)));
        }
    }

    /** Each leaves the graph as it is: the prompt's tokens, an old version, a layer of another width. */
    @Test
    void whatTheGraphCannotSayStaysInJava() throws Exception {
        write(FLOAT, 10, true);
        assertTrue(with(List.of(Pooling.MEAN), List.of())
                .pooledInGraph()
                .graph()
                .tail()
                .isEmpty());
        write(FLOAT, 13, true);
        Layer other = new Layer.Dense(4, 3, random(12), random(3), DenseActivation.TANH, new float[0]);
        assertTrue(with(List.of(Pooling.MEAN), List.of(other))
                .pooledInGraph()
                .graph()
                .tail()
                .isEmpty());
        Files.writeString(
                folder.resolve("1_Pooling/config.json"), "{\"pooling_mode\": \"mean\", \"include_prompt\": false}");
        assertTrue(ModelRepository.graphs(folder)
                .getFirst()
                .pooledInGraph()
                .graph()
                .tail()
                .isEmpty());
    }

    @Test
    void weightsInAFileOfTheirOwnAreFound() throws Exception {
        Path optimized = folder.resolve("optimized");
        new ModelOptimizer(Path.of("models/all-minilm-l6-v2"), optimized).write();
        check(ModelRepository.graphs(optimized).getFirst(), 10);
    }

    /** Hugging Face's cache holds links to files elsewhere, which ONNX Runtime follows only from a graph in a file. */
    @Test
    void weightsOutsideOfTheFolderLeaveTheGraphAsItIs() throws Exception {
        Path optimized = folder.resolve("optimized");
        new ModelOptimizer(Path.of("models/all-minilm-l6-v2"), optimized).write();
        Path links = Files.createDirectories(folder.resolve("links"));
        try (Stream<Path> files = Files.list(optimized)) {
            for (Path file : files.toList()) {
                Files.createSymbolicLink(links.resolve(file.getFileName()), file);
            }
        }
        ModelSpec spec = ModelRepository.graphs(links).getFirst().pooledInGraph();
        assertTrue(spec.graph().tail().isEmpty());
        OnnxModel.open(spec, new Cpu(1)).close();
    }

    private void check(ModelSpec spec) throws RunFailedException {
        check(spec, 7);
    }

    private void check(ModelSpec spec, int longest) throws RunFailedException {
        TaskSpec.Vectors vectors = ((TaskSpec.Embed) spec.task()).vectors();
        try (OnnxModel java = OnnxModel.open(spec, new Cpu(1));
                OnnxModel graph = OnnxModel.open(spec.pooledInGraph(), new Cpu(1))) {
            assertEquals(GraphTail.OUTPUT, graph.ports().ofTask().name());
            boolean masked = java.ports().inputs().size() > 1;
            List<Row> rows = new ArrayList<>();
            for (int tokens = 1; tokens <= longest; tokens++) {
                rows.add(row(masked ? tokens : 4, java.ports().inputs().size()));
            }
            Vectors inJava = Vectors.of(vectors, java.ports().ofTask());
            Vectors inGraph = Vectors.of(vectors, graph.ports().ofTask());
            try (BatchOutput one = java.run(rows);
                    BatchOutput other = graph.run(rows)) {
                for (int i = 0; i < rows.size(); i++) {
                    int tokens = rows.get(i).tokens();
                    float[] right = inJava.read(one.rows().get(i).getFirst(), 0, tokens, Options.USUAL);
                    float[] vector = inGraph.read(other.rows().get(i).getFirst(), 0, tokens, Options.USUAL);
                    assertEquals(1, other.rows().get(i).getFirst().shape().length);
                    assertTrue(norm(right) == 0 || cosine(right, vector) >= SAME, i + ": " + cosine(right, vector));
                    assertEquals(norm(right), norm(vector), norm(right) * 1e-5);
                }
            }
        }
    }

    private static Row row(int tokens) {
        return row(tokens, 2);
    }

    /** Words by their numbers, and all that a text model reads beside them. */
    private static Row row(int tokens, int inputs) {
        long[] ids = new long[tokens];
        long[] mask = new long[tokens];
        for (int t = 0; t < tokens; t++) {
            ids[t] = (3L * t + tokens) % WORDS;
            mask[t] = 1;
        }
        List<Tensor> tensors = List.of(Tensor.int64(ids), Tensor.int64(mask), Tensor.int64(new long[tokens]));
        return new Row(tensors.subList(0, inputs));
    }

    private ModelSpec with(List<Pooling> poolings, List<Layer> layers) {
        return OpenedModel.with(ModelRepository.graphs(folder).getFirst(), poolings, layers);
    }

    private static float[] random(int count) {
        Random random = new Random(count);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = random.nextFloat() * 2 - 1;
        }
        return values;
    }

    private void write(int type, int opset, boolean masked) throws IOException {
        WordModels.embedder(folder);
        byte[] mask = port(11, "attention_mask", INT64, open("batch"), open("tokens"));
        write(
                opset,
                masked ? mask : new byte[0],
                port(12, "vectors", type, open("batch"), open("tokens"), fixed(WIDTH)),
                node("Gather", "rows", "table", "input_ids"),
                cast("vectors", "rows", type));
    }

    private void writePooled() throws IOException {
        WordModels.embedder(folder);
        byte[] dropped = message(5, text(1, "keepdims"), number(3, 0), number(20, 2));
        byte[] axis = message(5, text(1, "axes"), number(8, 1), number(20, 7));
        write(
                11,
                port(12, "vectors", FLOAT, open("batch"), fixed(WIDTH)),
                node("Gather", "rows", "table", "input_ids"),
                message(1, text(1, "rows"), text(2, "vectors"), text(4, "ReduceMean"), dropped, axis));
    }

    private void write(int opset, byte[]... graph) throws IOException {
        float[] table = random(WORDS * WIDTH);
        ByteBuffer bytes = ByteBuffer.allocate(table.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(table);
        byte[] content = join(
                text(2, "words"),
                port(11, "input_ids", INT64, open("batch"), open("tokens")),
                initializer(text(8, "table"), tensor(FLOAT, WORDS, WIDTH), message(9, bytes.array())),
                join(graph));
        Files.write(
                folder.resolve("model.onnx"), join(number(1, 7), message(7, content), message(8, number(2, opset))));
    }

    private static byte[] cast(String output, String input, int type) {
        return message(
                1,
                text(1, input),
                text(2, output),
                text(4, "Cast"),
                message(5, text(1, "to"), number(3, type), number(20, 2)));
    }

    private static byte[] node(String operator, String output, String... inputs) {
        byte[] names = {};
        for (String input : inputs) {
            names = join(names, text(1, input));
        }
        return message(1, names, text(2, output), text(4, operator));
    }
}
