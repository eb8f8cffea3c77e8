package dev.headroom.model.onnx;

import static dev.headroom.model.onnx.ProtobufFile.CONTENT;
import static dev.headroom.model.onnx.ProtobufFile.NUMBER;

import com.google.protobuf.CodedOutputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The nodes of a graph by the values that they make, and the values that are constants. Graphs within nodes are left out. The numbers are those
 * of onnx.proto.
 */
final class OnnxGraph {

    private static final int MODEL_GRAPH = 7 << 3 | CONTENT;
    private static final int GRAPH_NODE = 1 << 3 | CONTENT;
    private static final int GRAPH_INITIALIZER = 5 << 3 | CONTENT;
    private static final int NODE_INPUT = 1 << 3 | CONTENT;
    private static final int NODE_OUTPUT = 2 << 3 | CONTENT;
    private static final int NODE_OPERATOR = 4 << 3 | CONTENT;
    private static final int NODE_ATTRIBUTE = 5 << 3 | CONTENT;
    private static final int NODE_DOMAIN = 7 << 3 | CONTENT;
    private static final int ATTRIBUTE_NAME = 1 << 3 | CONTENT;
    private static final int ATTRIBUTE_INT = 3 << 3 | NUMBER;
    private static final int ATTRIBUTE_TENSOR = 5 << 3 | CONTENT;

    private final ProtobufFile file;
    private final Map<String, Node> makers = new HashMap<>();
    private final List<Node> nodes = new ArrayList<>();
    private final Map<String, SmallTensor> constants = new HashMap<>();
    private final Map<String, Integer> uses = new HashMap<>();

    private OnnxGraph(ProtobufFile file) {
        this.file = file;
    }

    /**
     * The name of a value where a node reads it.
     *
     * @param position the place of its first byte in the file
     */
    record Use(String value, long position) {}

    /**
     * A whole number that a node has as an attribute.
     *
     * @param position the place in the file of the tag before the attribute
     */
    record Whole(long value, long position) {}

    /**
     * A node.
     *
     * @param operator its operator, with the domain before it unless that is ONNX's own
     * @param wholes its attributes that are whole numbers
     */
    record Node(String operator, List<Use> inputs, Map<String, Whole> wholes) {

        /** The name of an input; empty where it is left out. */
        String input(int place) {
            return place < inputs.size() ? inputs.get(place).value() : "";
        }
    }

    /**
     * Reads all of a graph's file but the tensors' content.
     *
     * @throws com.google.protobuf.InvalidProtocolBufferException when the file is no ModelProto
     */
    static OnnxGraph read(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path)) {
            ProtobufFile file = new ProtobufFile(channel);
            OnnxGraph graph = new OnnxGraph(file);
            file.fields(file.size(), (tag, end) -> {
                if (tag == MODEL_GRAPH) {
                    file.fields(end, graph::field);
                }
            });
            return graph;
        }
    }

    /** The node that makes a value; empty for an input and an initialiser. */
    Optional<Node> maker(String value) {
        return Optional.ofNullable(makers.get(value));
    }

    /** The dimensions of an initialiser, or of a constant; empty for what is computed. */
    OptionalInt rankOfConstant(String value) {
        return constants.containsKey(value)
                ? OptionalInt.of(constants.get(value).rank())
                : OptionalInt.empty();
    }

    /** The one whole number of an initialiser or of a constant; empty for any other. */
    OptionalLong whole(String value) {
        return constants.containsKey(value) ? constants.get(value).whole() : OptionalLong.empty();
    }

    /** The nodes of these operators. */
    List<Node> nodes(Set<String> operators) {
        return nodes.stream().filter(node -> operators.contains(node.operator)).toList();
    }

    /** How many inputs of nodes the value is. */
    int uses(String value) {
        return uses.getOrDefault(value, 0);
    }

    /** True if a node makes or reads a value of this name. */
    boolean knows(String value) {
        return makers.containsKey(value) || constants.containsKey(value) || uses.containsKey(value);
    }

    private void field(int tag, long end) throws IOException {
        if (tag == GRAPH_NODE) {
            readNode(end);
        } else if (tag == GRAPH_INITIALIZER) {
            SmallTensor tensor = SmallTensor.read(file, end);
            constants.put(tensor.name(), tensor);
        }
    }

    private void readNode(long end) throws IOException {
        List<Use> inputs = new ArrayList<>();
        List<String> outputs = new ArrayList<>();
        String[] operator = {"", ""};
        Map<String, Whole> wholes = new HashMap<>();
        List<SmallTensor> tensors = new ArrayList<>();
        file.fields(end, (tag, value) -> {
            switch (tag) {
                case NODE_INPUT -> {
                    long position = file.position();
                    inputs.add(new Use(file.text(value), position));
                }
                case NODE_OUTPUT -> outputs.add(file.text(value));
                case NODE_OPERATOR -> operator[0] = file.text(value);
                case NODE_DOMAIN -> operator[1] = file.text(value);
                case NODE_ATTRIBUTE -> readAttribute(value, wholes, tensors);
                default -> {}
            }
        });
        boolean own = operator[1].isEmpty() || operator[1].equals("ai.onnx");
        add(new Node(own ? operator[0] : operator[1] + "." + operator[0], inputs, wholes), outputs, tensors);
    }

    private void add(Node node, List<String> outputs, List<SmallTensor> tensors) {
        nodes.add(node);
        node.inputs.forEach(input -> uses.merge(input.value, 1, Integer::sum));
        outputs.forEach(output -> makers.put(output, node));
        if (node.operator.equals("Constant") && !tensors.isEmpty()) {
            outputs.forEach(output -> constants.put(output, tensors.getFirst()));
        }
    }

    private void readAttribute(long end, Map<String, Whole> wholes, List<SmallTensor> tensors) throws IOException {
        long tagged = file.position() - 1 - CodedOutputStream.computeUInt64SizeNoTag(end - file.position());
        String[] name = {""};
        Whole[] whole = {null};
        file.fields(end, (tag, value) -> {
            switch (tag) {
                case ATTRIBUTE_NAME -> name[0] = file.text(value);
                case ATTRIBUTE_INT -> whole[0] = new Whole(value, tagged);
                case ATTRIBUTE_TENSOR -> tensors.add(SmallTensor.read(file, value));
                default -> {}
            }
        });
        if (whole[0] != null
                && file.at(tagged) == NODE_ATTRIBUTE) { // else the length was written with more bytes than it needs
            wholes.put(name[0], whole[0]);
        }
    }
}
