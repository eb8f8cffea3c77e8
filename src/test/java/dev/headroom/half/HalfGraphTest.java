package dev.headroom.half;

import static dev.headroom.session.OnnxWriter.FLOAT;
import static dev.headroom.session.OnnxWriter.FLOAT16;
import static dev.headroom.session.OnnxWriter.INT64;
import static dev.headroom.session.OnnxWriter.fixed;
import static dev.headroom.session.OnnxWriter.initializer;
import static dev.headroom.session.OnnxWriter.join;
import static dev.headroom.session.OnnxWriter.message;
import static dev.headroom.session.OnnxWriter.number;
import static dev.headroom.session.OnnxWriter.port;
import static dev.headroom.session.OnnxWriter.tensor;
import static dev.headroom.session.OnnxWriter.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.UnknownFieldSet;
import dev.headroom.model.GraphFiles;
import dev.headroom.model.ModelRepository;
import dev.headroom.model.ModelSpec;
import dev.headroom.session.BatchOutput;
import dev.headroom.session.ExecutionProvider.Cpu;
import dev.headroom.session.Model;
import dev.headroom.session.OnnxModel;
import dev.headroom.tensor.Datatype;
import dev.headroom.tensor.Row;
import dev.headroom.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Small graphs of one input x and one output y of 32 numbers each, through ONNX Runtime. */
class HalfGraphTest extends SmallGraphs {

    @Test
    void productsAndTheElementsBetweenThemAreInHalfPrecision() throws IOException {
        write(
                17,
                matrix("w", 0.2f),
                matrix("v", 0.2f),
                node("MatMul", "a", "x", "w"),
                node("Relu", "b", "a"),
                node("MatMul", "c", "b", "v"),
                node("Softmax", "y", "c"));
        assertEquals(List.of("Cast", "MatMul", "Relu", "MatMul", "Cast", "Softmax"), made());
        assertEquals(2 * WIDTH * WIDTH * Short.BYTES, Files.size(folder.resolve("made/model_fp16.onnx_data")));
        assertTrue(told.getFirst().startsWith("model_fp16.onnx: "), told.getFirst());
        assertTrue(told.getFirst().endsWith("in full precision stay 1 Softmax"), told.getFirst());
    }

    @Test
    void theLastElementsBeforeFullPrecisionStayThereToo() throws IOException {
        write(
                17,
                matrix("w", 0.2f),
                scalar("half", 0.5f),
                node("MatMul", "a", "x", "w"),
                node("Mul", "b", "a", "half"),
                node("Softmax", "y", "b"));
        assertEquals(List.of("Cast", "MatMul", "Cast", "Mul", "Softmax"), made());
    }

    /** Adding a constant to a value in half precision would take the constant there. */
    @Test
    void constantsThatHalfPrecisionCannotHoldStayWithTheirNodes() throws IOException {
        write(
                17,
                matrix("w", 0.2f),
                matrix("v", 0.2f),
                matrix("large", 70_000),
                matrix("tiny", 1e-6f),
                scalar("mask", -3.4028235e38f),
                scalar("epsilon", 1e-12f),
                node("MatMul", "a", "x", "w"),
                node("Max", "b", "a", "mask"),
                node("Add", "c", "b", "epsilon"),
                node("MatMul", "d", "c", "v"),
                node("MatMul", "e", "d", "tiny"),
                node("MatMul", "y", "e", "large"));
        assertEquals(
                List.of("Cast", "MatMul", "Cast", "Max", "Add", "Cast", "MatMul", "Cast", "MatMul", "MatMul"), made());
    }

    @Test
    void valuesThatComeNearTheLargestOfHalfPrecisionStayInFull() throws IOException {
        write(
                17,
                matrix("w", 0.2f),
                matrix("huge", 60_000),
                matrix("small", 0.001f),
                node("MatMul", "a", "x", "w"),
                node("MatMul", "b", "a", "huge"),
                node("MatMul", "y", "b", "small"));
        assertEquals(List.of("Cast", "MatMul", "Cast", "MatMul", "MatMul"), made());
    }

    @Test
    void aValueThatTwoReadIsCastOnce() throws IOException {
        write(
                17,
                matrix("w", 0.2f),
                matrix("v", 0.2f),
                node("Softmax", "a", "x"),
                node("MatMul", "b", "a", "w"),
                node("MatMul", "c", "a", "v"),
                node("Mul", "d", "b", "c"),
                node("Add", "y", "d", "a"));
        assertEquals(List.of("Softmax", "Cast", "MatMul", "MatMul", "Mul", "Cast", "Add"), made());
    }

    /** A vector that is added to a product, and by which a value in full precision is multiplied. */
    @Test
    void aWeightIsThereInEachPrecisionThatReadsIt() throws IOException {
        write(
                17,
                matrix("w", 0.2f),
                floats("v", 0.2f, WIDTH),
                node("Gemm", "a", "x", "w", "v"),
                node("Softmax", "b", "a"),
                node("Mul", "y", "b", "v"));
        assertEquals(List.of("Cast", "Gemm", "Cast", "Softmax", "Mul"), made());
        Path file = folder.resolve("made/model_fp16.onnx");
        try (Arena memory = Arena.ofConfined()) {
            assertEquals(
                    Set.of("w.fp16", "v.fp16", "v"),
                    Weights.read(HalfType.FLOAT16, file, graphOf(parsed(file)), memory)
                            .keySet());
        }
    }

    /** The branches read a value of the graph around them, which is made in half precision. */
    @Test
    void graphsWithinANodeSeeFullPrecision() throws IOException {
        byte[] twice = join(node("Add", "t", "a", "a"), text(2, "then"), message(12, text(1, "t")));
        byte[] once = join(node("Identity", "e", "a"), text(2, "else"), message(12, text(1, "e")));
        byte[] branches = join(
                message(5, text(1, "then_branch"), message(6, twice), number(20, 5)),
                message(5, text(1, "else_branch"), message(6, once), number(20, 5)));
        write(
                17,
                matrix("w", 0.2f),
                scalar("zero", 0),
                node("MatMul", "a", "x", "w"),
                message(1, body("ReduceMax", "m", "x"), message(5, text(1, "keepdims"), number(3, 0), number(20, 2))),
                node("Greater", "positive", "m", "zero"),
                message(1, body("If", "y", "positive"), branches));
        List<String> operators = made();
        assertTrue(operators.containsAll(List.of("Cast", "MatMul", "If")), operators.toString());
        assertTrue(told.getFirst().contains("1 If"), told.getFirst());
    }

    /** ONNX Runtime puts a function's nodes where it is called. */
    @Test
    void functionsOfTheFileAreConverted() throws IOException {
        byte[] product = join(
                text(1, "Product"),
                text(4, "in"),
                text(4, "factor"),
                text(5, "out"),
                node(7, "MatMul", "out", "in", "factor"),
                message(9, number(2, 17)),
                text(10, "local"));
        write(
                17,
                matrix("w", 0.2f),
                message(1, body("Product", "a", "x", "w"), text(7, "local")),
                node("Softmax", "y", "a"));
        Path file = folder.resolve("small/model.onnx");
        byte[] local = message(8, text(1, "local"), number(2, 1));
        Files.write(file, join(Files.readAllBytes(file), local, message(25, product)));
        assertEquals(List.of("Cast", "MatMul", "Cast", "Softmax"), made());
    }

    /** Files of version 3 list their initialisers among their inputs. */
    @Test
    void anOldFileIsConvertedToo() throws IOException {
        write(
                9,
                3,
                port(11, "w", FLOAT, fixed(WIDTH), fixed(WIDTH)),
                matrix("w", 0.2f),
                node("MatMul", "a", "x", "w"),
                node("Softmax", "y", "a"));
        assertEquals(List.of("Cast", "MatMul", "Cast", "Softmax"), made());
    }

    @Test
    void aGraphInHalfPrecisionIsRefused() throws IOException {
        byte[] halves = new byte[WIDTH * WIDTH * Short.BYTES];
        write(
                17,
                initializer(text(8, "w"), tensor(FLOAT16, WIDTH, WIDTH), message(9, halves)),
                cast("h", "x", FLOAT16),
                node("MatMul", "a", "h", "w"),
                cast("y", "a", FLOAT));
        assertEquals(
                "made: model.onnx has weights in 16 bits already: w, so that no file in half precision is made of it; begin with the graph in full precision.",
                refused());
    }

    private static byte[] cast(String output, String input, int type) {
        return message(1, body("Cast", output, input), message(5, text(1, "to"), number(3, type), number(20, 2)));
    }

    @Test
    void aQuantisedGraphIsRefused() throws IOException {
        byte[] bytes = new byte[WIDTH * WIDTH];
        Arrays.fill(bytes, (byte) 3);
        byte[] quantised = message(
                1, text(1, "x"), text(2, "q"), text(2, "scale"), text(2, "zero"), text(4, "DynamicQuantizeLinear"));
        write(
                17,
                initializer(text(8, "w"), tensor(2, WIDTH, WIDTH), message(9, bytes)),
                quantised,
                node("MatMulInteger", "i", "q", "w", "zero"),
                cast("f", "i", FLOAT),
                node("Mul", "y", "f", "scale"));
        assertTrue(refused().startsWith("made: model.onnx is quantised: it has the operator DynamicQuantizeLinear"));
    }

    @Test
    void sparseInitialisersAreRefused() throws IOException {
        byte[] values = message(1, text(8, "s"), tensor(FLOAT, 1), message(9, new byte[Float.BYTES]));
        byte[] places = message(2, tensor(INT64, 1), message(9, new byte[Long.BYTES]));
        write(
                17,
                matrix("w", 0.2f),
                message(15, values, places, number(3, WIDTH), number(3, WIDTH)),
                node("MatMul", "a", "x", "w"),
                node("MatMul", "y", "a", "s"));
        assertTrue(refused().startsWith("made: model.onnx has sparse initialisers, so that no file in half precision"));
    }

    @Test
    void aGraphWithoutProductsIsRefused() throws IOException {
        write(17, node("Softmax", "y", "x"));
        assertTrue(refused().startsWith("made: model.onnx has no weights of floats that 16 bits can hold"));
    }

    @Test
    void anOldVersionOfTheOperatorsIsRefused() throws IOException {
        write(6, matrix("w", 0.2f), node("MatMul", "y", "x", "w"));
        assertTrue(refused().startsWith("made: model.onnx uses version 6 of ONNX's operators"));
    }

    /** The difference of two products whose weights differ by less than half precision tells. */
    @Test
    void aGraphThatAnswersOtherwiseIsRefused() throws IOException {
        byte[] ones = new byte[WIDTH * WIDTH * Float.BYTES];
        byte[] nearly = new byte[ones.length];
        for (int i = 0; i < WIDTH * WIDTH; i++) {
            ByteBuffer.wrap(ones).order(ByteOrder.LITTLE_ENDIAN).putFloat(i * Float.BYTES, 1);
            ByteBuffer.wrap(nearly).order(ByteOrder.LITTLE_ENDIAN).putFloat(i * Float.BYTES, 1 + (i % 7) * 0x1p-14f);
        }
        write(
                17,
                initializer(text(8, "w"), tensor(FLOAT, WIDTH, WIDTH), message(9, ones)),
                initializer(text(8, "v"), tensor(FLOAT, WIDTH, WIDTH), message(9, nearly)),
                node("MatMul", "a", "x", "w"),
                node("MatMul", "b", "x", "v"),
                node("Sub", "y", "a", "b"));
        String problem = refused();
        assertTrue(problem.startsWith("made: half precision changes its answers too much: least cosine "), problem);
    }

    /** On a processor without kernels for half precision ONNX Runtime leaves the rounding out. */
    @Test
    void theGraphThatIsCheckedOverflowsAsAGpuDoes() throws Exception {
        write(
                17,
                matrix("w", 60_000),
                matrix("v", 0.001f),
                node("MatMul", "a", "x", "w"),
                node("MatMul", "y", "a", "v"));
        Path small = folder.resolve("small");
        Path file = small.resolve("model.onnx");
        UnknownFieldSet model = parsed(file);
        try (Arena memory = Arena.ofConfined();
                WeightFile data = new WeightFile(small.resolve("data"))) {
            Map<String, Weight> weights = Weights.read(HalfType.FLOAT16, file, graphOf(model), memory);
            Map<String, Float> largest = new HashMap<>(Map.of("x", 1f, "a", 1f, "y", 1f)); // as another row would tell
            HalfGraph half = new HalfGraph(HalfType.FLOAT16, graphOf(model), 17, weights, largest);
            List<UnknownFieldSet> stored = half.write(data);
            Files.write(file, half.in(model, half.rounding(), stored).toByteArray());
        }
        assertFalse(Float.isFinite(answer(small)[0]));
    }

    private static float[] answer(Path folder) throws Exception {
        ModelSpec spec = ModelRepository.graphs(folder).getFirst();
        Tensor ones = Tensor.zeros(Datatype.FP32, new long[] {WIDTH});
        for (int i = 0; i < WIDTH; i++) {
            ones.floats().put(i, 1);
        }
        try (Model model = OnnxModel.open(spec.with(GraphFiles.of(folder, spec.onnx())), new Cpu(1));
                BatchOutput output = model.run(List.of(Row.of(List.of(ones), List.of("y"))))) {
            float[] values = new float[WIDTH];
            output.rows().getFirst().getFirst().read(0, values);
            return values;
        }
    }
}
