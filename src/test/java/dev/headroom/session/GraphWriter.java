package dev.headroom.session;

import static dev.headroom.session.OnnxWriter.fixed;
import static dev.headroom.session.OnnxWriter.join;
import static dev.headroom.session.OnnxWriter.message;
import static dev.headroom.session.OnnxWriter.number;
import static dev.headroom.session.OnnxWriter.open;
import static dev.headroom.session.OnnxWriter.text;
import static dev.headroom.session.OnnxWriter.varint;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;

/** Writes one graph, node after node. */
final class GraphWriter {

    static final int INT32 = 6;
    static final int BOOL = 9;

    private static final int IR_VERSION = 10;
    private static final int OPERATORS = 17;

    private final ByteArrayOutputStream graph = new ByteArrayOutputStream();
    private int names;

    /** An input; a size is a number, or a name where it is open. */
    void input(String name, int type, Object... sizes) {
        port(11, name, type, sizes);
    }

    /** An output, which a node has. */
    void output(String name, int type, Object... sizes) {
        port(12, name, type, sizes);
    }

    private void port(int field, String name, int type, Object... sizes) {
        byte[][] dimensions = new byte[sizes.length][];
        for (int i = 0; i < sizes.length; i++) {
            dimensions[i] = sizes[i] instanceof Integer size ? fixed(size) : open((String) sizes[i]);
        }
        graph.writeBytes(OnnxWriter.port(field, name, type, dimensions));
    }

    /** Numbers of full precision. */
    String floats(float[] values, long... sizes) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return constant(OnnxWriter.FLOAT, bytes, sizes);
    }

    /** Numbers of half precision. */
    String halves(float[] values, long... sizes) {
        ByteBuffer bytes = ByteBuffer.allocate(2 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            bytes.putShort(Float.floatToFloat16(value));
        }
        return constant(OnnxWriter.FLOAT16, bytes, sizes);
    }

    /** A list of whole numbers. */
    String list(long... values) {
        return constant(OnnxWriter.INT64, longs(values), values.length);
    }

    /** One whole number without dimensions. */
    String scalar(long value) {
        return constant(OnnxWriter.INT64, longs(value));
    }

    private static ByteBuffer longs(long... values) {
        ByteBuffer bytes = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asLongBuffer().put(values);
        return bytes;
    }

    private String constant(int type, ByteBuffer bytes, long... sizes) {
        String name = name();
        graph.writeBytes(message(5, OnnxWriter.tensor(type, sizes), text(8, name), message(9, bytes.array())));
        return name;
    }

    private String name() {
        names++;
        return "t" + names;
    }

    /** A node of one output, whose name is returned. */
    String node(String operator, List<String> inputs, Map<String, Object> attributes) {
        String output = name();
        nodes(operator, inputs, List.of(output), attributes);
        return output;
    }

    /** The same without attributes. */
    String node(String operator, String... inputs) {
        return node(operator, List.of(inputs), Map.of());
    }

    /** A node whose outputs are named; an operator of Microsoft's begins with {@code com.microsoft:}. */
    void nodes(String operator, List<String> inputs, List<String> outputs, Map<String, Object> attributes) {
        graph.writeBytes(message(1, nodeOf(operator, inputs, outputs, attributes)));
    }

    private static byte[] nodeOf(
            String operator, List<String> inputs, List<String> outputs, Map<String, Object> attributes) {
        ByteArrayOutputStream node = new ByteArrayOutputStream();
        inputs.forEach(input -> node.writeBytes(text(1, input)));
        outputs.forEach(output -> node.writeBytes(text(2, output)));
        node.writeBytes(text(4, operator.substring(operator.indexOf(':') + 1)));
        attributes.forEach((name, value) -> node.writeBytes(message(5, text(1, name), attribute(value))));
        node.writeBytes(text(7, operator.substring(0, Math.max(0, operator.indexOf(':')))));
        return node.toByteArray();
    }

    private static byte[] attribute(Object value) {
        return switch (value) {
            case Integer whole -> join(number(3, whole), number(20, 2));
            case Float real -> join(varint(2 << 3 | 5), bits(real), number(20, 1));
            case int[] list -> {
                byte[] all = {};
                for (int each : list) {
                    all = join(all, number(8, each));
                }
                yield join(all, number(20, 7));
            }
            case byte[] branch -> join(message(6, branch), number(20, 5));
            default -> throw new IllegalArgumentException(value.toString());
        };
    }

    private static byte[] bits(float value) {
        return ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putFloat(value)
                .array();
    }

    /** A graph of one node without inputs of its own, as a branch of If. */
    byte[] branch(String operator, List<String> inputs, Map<String, Object> attributes) {
        String output = name();
        return join(
                message(1, nodeOf(operator, inputs, List.of(output), attributes)),
                text(2, output),
                message(12, text(1, output)));
    }

    /** The model's file. */
    byte[] bytes() {
        return join(
                number(1, IR_VERSION),
                message(7, graph.toByteArray(), text(2, "g")),
                message(8, text(1, ""), number(2, OPERATORS)),
                message(8, text(1, "com.microsoft"), number(2, 1)));
    }
}
