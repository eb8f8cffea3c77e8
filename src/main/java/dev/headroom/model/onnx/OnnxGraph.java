package dev.headroom.model.onnx;

import static dev.headroom.model.onnx.ProtobufFile.CONTENT;
import static dev.headroom.model.onnx.ProtobufFile.NUMBER;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

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
    private static final int ATTRIBUTE_TENSOR = 5 << 3 | CONTENT;
    private static final int TENSOR_DIM = 1 << 3 | NUMBER;
    private static final int TENSOR_DIMS = 1 << 3 | CONTENT;
    private static final int TENSOR_NAME = 8 << 3 | CONTENT;

    private final ProtobufFile file;
    private final Map<String, Node> makers = new HashMap<>();
    private final Map<String, Integer> constants = new HashMap<>(); // the dimensions of each
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
     * A node.
     *
     * @param operator its operator, with the domain before it unless that is ONNX's own
     */
    record Node(String operator, List<Use> inputs) {}

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
        return constants.containsKey(value) ? OptionalInt.of(constants.get(value)) : OptionalInt.empty();
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
            Tensor tensor = readTensor(end);
            constants.put(tensor.name, tensor.rank);
        }
    }

    private void readNode(long end) throws IOException {
        List<Use> inputs = new ArrayList<>();
        List<String> outputs = new ArrayList<>();
        String[] operator = {"", ""};
        int[] rank = {-1};
        file.fields(end, (tag, value) -> {
            switch (tag) {
                case NODE_INPUT -> {
                    long position = file.position();
                    inputs.add(new Use(file.text(value), position));
                }
                case NODE_OUTPUT -> outputs.add(file.text(value));
                case NODE_OPERATOR -> operator[0] = file.text(value);
                case NODE_DOMAIN -> operator[1] = file.text(value);
                case NODE_ATTRIBUTE -> rank[0] = Math.max(rank[0], rankOfAttribute(value));
                default -> {}
            }
        });
        boolean own = operator[1].isEmpty() || operator[1].equals("ai.onnx");
        add(new Node(own ? operator[0] : operator[1] + "." + operator[0], inputs), outputs, rank[0]);
    }

    private void add(Node node, List<String> outputs, int rank) {
        node.inputs.forEach(input -> uses.merge(input.value, 1, Integer::sum));
        outputs.forEach(output -> makers.put(output, node));
        if (node.operator.equals("Constant") && rank >= 0) {
            outputs.forEach(output -> constants.put(output, rank));
        }
    }

    private int rankOfAttribute(long end) throws IOException {
        int[] rank = {-1};
        file.fields(end, (tag, value) -> {
            if (tag == ATTRIBUTE_TENSOR) {
                rank[0] = readTensor(value).rank;
            }
        });
        return rank[0];
    }

    private record Tensor(String name, int rank) {}

    private Tensor readTensor(long end) throws IOException {
        String[] name = {""};
        int[] rank = {0};
        file.fields(end, (tag, value) -> {
            switch (tag) {
                case TENSOR_DIM, TENSOR_DIMS -> rank[0] += file.count(tag, value);
                case TENSOR_NAME -> name[0] = file.text(value);
                default -> {}
            }
        });
        return new Tensor(name[0], rank[0]);
    }
}
