package dev.headroom.model.onnx;

import static dev.headroom.model.onnx.ProtobufFields.content;
import static dev.headroom.model.onnx.ProtobufFields.messages;
import static dev.headroom.model.onnx.ProtobufFields.number;
import static dev.headroom.model.onnx.ProtobufFields.text;
import static dev.headroom.model.onnx.ProtobufFields.texts;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import com.google.protobuf.UnknownFieldSet.Field;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * Writes nodes that are appended to an ONNX graph. Protobuf merges a message's fields of one number, so that a model's file and
 * these bytes behind it are one model. The numbers are those of onnx.proto.
 */
public final class OnnxNodes {

    public static final int FLOAT = 1;
    static final int INT64 = 7;
    public static final int BOOL = 9;

    private static final int MODEL_GRAPH = 7;
    private static final int GRAPH_NODE = 1;
    private static final int GRAPH_OUTPUT = 12;
    private static final int NODE_INPUT = 1;
    private static final int NODE_OUTPUT = 2;
    private static final int NODE_OPERATOR = 4;
    private static final int NODE_ATTRIBUTE = 5;
    private static final int ATTRIBUTE_NAME = 1;
    private static final int ATTRIBUTE_INT = 3;
    private static final int ATTRIBUTE_TENSOR = 5;
    private static final int ATTRIBUTE_TYPE = 20;
    private static final int TYPE_INT = 2;
    private static final int TYPE_TENSOR = 4;

    private final String prefix;
    private final UnknownFieldSet.Builder graph = UnknownFieldSet.newBuilder();
    private int values;

    /**
     * No nodes yet.
     *
     * @param prefix begins the name of each value, and of nothing else in the graph
     */
    public OnnxNodes(String prefix) {
        this.prefix = prefix;
    }

    /** An attribute of a node that is a whole number. */
    public record Attribute(String name, long value) {

        private UnknownFieldSet message() {
            return text(ATTRIBUTE_NAME, name)
                    .addField(ATTRIBUTE_INT, number(value))
                    .addField(ATTRIBUTE_TYPE, number(TYPE_INT))
                    .build();
        }
    }

    /** Adds a node, and returns the name of its first output. */
    public String add(String operator, String... inputs) {
        return add(operator, List.of(), inputs);
    }

    /** Adds a node with attributes, and returns the name of its first output. */
    public String add(String operator, List<Attribute> attributes, String... inputs) {
        return node(operator, attributes.stream().map(Attribute::message).toList(), List.of(inputs), next());
    }

    /** Adds a node whose first output has this name. */
    void name(String output, String operator, List<Attribute> attributes, String... inputs) {
        node(operator, attributes.stream().map(Attribute::message).toList(), List.of(inputs), output);
    }

    /** A constant of numbers; a scalar where it has no dimensions. */
    public String floats(List<Long> dimensions, float... numbers) {
        ByteBuffer bytes = little(numbers.length * Float.BYTES);
        bytes.asFloatBuffer().put(numbers);
        return constant(FLOAT, dimensions, bytes);
    }

    /** A constant vector of whole numbers. */
    public String ints(long... numbers) {
        ByteBuffer bytes = little(numbers.length * Long.BYTES);
        bytes.asLongBuffer().put(numbers);
        return constant(INT64, List.of((long) numbers.length), bytes);
    }

    /**
     * Makes a value an output of the graph.
     *
     * @param width the size of its last dimension; 0 where it is open
     */
    public void output(String value, String name, long width) {
        node("Identity", List.of(), List.of(value), name);
        UnknownFieldSet open = UnknownFieldSet.getDefaultInstance();
        UnknownFieldSet last = width == 0
                ? open
                : UnknownFieldSet.newBuilder().addField(1, number(width)).build();
        UnknownFieldSet shape = UnknownFieldSet.newBuilder()
                .addField(1, messages(List.of(open, last)))
                .build();
        UnknownFieldSet tensor = UnknownFieldSet.newBuilder()
                .addField(1, number(FLOAT))
                .addField(2, messages(List.of(shape)))
                .build();
        UnknownFieldSet type = UnknownFieldSet.newBuilder()
                .addField(1, messages(List.of(tensor)))
                .build();
        UnknownFieldSet port =
                text(1, name).addField(2, messages(List.of(type))).build();
        graph.mergeField(GRAPH_OUTPUT, messages(List.of(port)));
    }

    /** Makes a value of that name an output of the graph, whose type ONNX Runtime infers. */
    public void output(String name) {
        graph.mergeField(GRAPH_OUTPUT, messages(List.of(text(1, name).build())));
    }

    /** The bytes to append to the model's file. */
    public byte[] bytes() {
        return UnknownFieldSet.newBuilder()
                .addField(MODEL_GRAPH, messages(List.of(graph.build())))
                .build()
                .toByteArray();
    }

    /** A node and not an initialiser, which files of old versions have to list among their inputs. */
    private String constant(int type, List<Long> dimensions, ByteBuffer bytes) {
        Field.Builder sizes = Field.newBuilder();
        dimensions.forEach(sizes::addVarint);
        UnknownFieldSet.Builder tensor = UnknownFieldSet.newBuilder().addField(2, number(type));
        if (!dimensions.isEmpty()) {
            tensor.addField(1, sizes.build());
        }
        tensor.addField(9, content(ByteString.copyFrom(bytes)));
        UnknownFieldSet value = text(ATTRIBUTE_NAME, "value")
                .addField(ATTRIBUTE_TENSOR, messages(List.of(tensor.build())))
                .addField(ATTRIBUTE_TYPE, number(TYPE_TENSOR))
                .build();
        return node("Constant", List.of(value), List.of(), next());
    }

    private String next() {
        return prefix + ++values;
    }

    private String node(String operator, List<UnknownFieldSet> attributes, List<String> inputs, String output) {
        UnknownFieldSet.Builder node = text(NODE_OPERATOR, operator);
        if (!inputs.isEmpty()) {
            node.addField(NODE_INPUT, texts(inputs));
        }
        node.addField(NODE_OUTPUT, content(ByteString.copyFromUtf8(output)));
        if (operator.equals("TopK")) { // which has two
            node.mergeField(NODE_OUTPUT, content(ByteString.copyFromUtf8(next())));
        }
        if (!attributes.isEmpty()) {
            node.addField(NODE_ATTRIBUTE, messages(attributes));
        }
        graph.mergeField(GRAPH_NODE, messages(List.of(node.build())));
        return output;
    }

    private static ByteBuffer little(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
