package dev.headroom.half;

import static dev.headroom.session.OnnxWriter.FLOAT;
import static dev.headroom.session.OnnxWriter.fixed;
import static dev.headroom.session.OnnxWriter.initializer;
import static dev.headroom.session.OnnxWriter.join;
import static dev.headroom.session.OnnxWriter.message;
import static dev.headroom.session.OnnxWriter.number;
import static dev.headroom.session.OnnxWriter.open;
import static dev.headroom.session.OnnxWriter.port;
import static dev.headroom.session.OnnxWriter.tensor;
import static dev.headroom.session.OnnxWriter.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.UnknownFieldSet;
import dev.headroom.model.file.BrokenModelException;
import dev.headroom.plan.Precision;
import dev.headroom.session.ModelOptimizer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;

/** Small graphs of floats, from the input {@code x} to the output {@code y}, and what {@code optimize} makes of them. */
abstract class SmallGraphs {

    static final int WIDTH = 32;

    @TempDir
    Path folder;

    final List<String> told = new ArrayList<>();

    void write(int opset, byte[]... graph) throws IOException {
        write(opset, 8, graph);
    }

    void write(int opset, int version, byte[]... graph) throws IOException {
        byte[] content = join(
                text(2, "small"),
                port(11, "x", FLOAT, open("batch"), fixed(WIDTH)),
                port(12, "y", FLOAT, open("batch"), fixed(WIDTH)),
                join(graph));
        Files.createDirectories(folder.resolve("small"));
        Files.write(
                folder.resolve("small/model.onnx"),
                join(number(1, version), message(7, content), message(8, number(2, opset))));
    }

    /** Makes the file in half precision, and returns its nodes' operators. */
    List<String> made() throws IOException {
        return made(Precision.HALF);
    }

    List<String> made(Precision precision) throws IOException {
        new ModelOptimizer(folder.resolve("small"), folder.resolve("made"))
                .write(new HalfModels(precision, told::add)::add);
        return graph(folder.resolve(precision.beside("made/model"))).stream()
                .map(GraphNode::operator)
                .toList();
    }

    static UnknownFieldSet parsed(Path file) throws IOException {
        return UnknownFieldSet.parseFrom(Files.readAllBytes(file));
    }

    static UnknownFieldSet graphOf(UnknownFieldSet model) throws IOException {
        return UnknownFieldSet.parseFrom(
                model.getField(7).getLengthDelimitedList().getFirst());
    }

    static List<GraphNode> graph(Path file) throws IOException {
        return GraphNode.all(graphOf(parsed(file)));
    }

    String refused() throws IOException {
        return refused(Precision.HALF);
    }

    String refused(Precision precision) throws IOException {
        String problem =
                assertThrows(BrokenModelException.class, () -> made(precision)).getMessage();
        try (Stream<Path> left = Files.list(folder)) {
            assertEquals(List.of(folder.resolve("small")), left.toList(), "nothing is left");
        }
        return problem;
    }

    static byte[] node(String operator, String output, String... inputs) {
        return node(1, operator, output, inputs);
    }

    static byte[] node(int field, String operator, String output, String... inputs) {
        return message(field, body(operator, output, inputs));
    }

    static byte[] body(String operator, String output, String... inputs) {
        byte[] names = {};
        for (String input : inputs) {
            names = join(names, text(1, input));
        }
        return join(names, text(2, output), text(4, operator));
    }

    static byte[] matrix(String name, float factor) {
        return floats(name, factor, WIDTH, WIDTH);
    }

    /** Random numbers between the factor's half and the factor, of both signs. */
    static byte[] floats(String name, float factor, long... sizes) {
        int count = (int) Arrays.stream(sizes).reduce(1, (a, b) -> a * b);
        ByteBuffer bytes = ByteBuffer.allocate(count * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        Random random = new Random(name.hashCode());
        for (int i = 0; i < count; i++) {
            bytes.putFloat(factor * (random.nextFloat() + 1) / 2 * (random.nextBoolean() ? 1 : -1));
        }
        return initializer(text(8, name), tensor(FLOAT, sizes), message(9, bytes.array()));
    }

    static byte[] scalar(String name, float value) {
        byte[] bytes = ByteBuffer.allocate(Float.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putFloat(value)
                .array();
        return initializer(text(8, name), tensor(FLOAT), message(9, bytes));
    }
}
