package dev.headroom.model.onnx;

import static dev.headroom.model.onnx.ProtobufFile.CONTENT;
import static dev.headroom.model.onnx.ProtobufFile.NUMBER;

import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The tensors that an ONNX graph brings along: its initialisers and constants, those of the graphs within its nodes,
 * and the constants of its functions. The numbers are those of onnx.proto.
 */
final class OnnxWeights {

    private static final int MODEL_GRAPH = 7 << 3 | CONTENT;
    private static final int MODEL_OPSET = 8 << 3 | CONTENT;
    private static final int OPSET_DOMAIN = 1 << 3 | CONTENT;
    private static final int OPSET_VERSION = 2 << 3 | NUMBER;
    private static final int MODEL_FUNCTION = 25 << 3 | CONTENT;
    private static final int FUNCTION_NODE = 7 << 3 | CONTENT;
    private static final int GRAPH_NODE = 1 << 3 | CONTENT;
    private static final int GRAPH_INITIALIZER = 5 << 3 | CONTENT;
    private static final int GRAPH_INPUT = 11 << 3 | CONTENT;
    private static final int GRAPH_OUTPUT = 12 << 3 | CONTENT;
    private static final int GRAPH_SPARSE_INITIALIZER = 15 << 3 | CONTENT;
    private static final int NODE_OPERATOR = 4 << 3 | CONTENT;
    private static final int NODE_ATTRIBUTE = 5 << 3 | CONTENT;
    private static final int ATTRIBUTE_TENSOR = 5 << 3 | CONTENT;
    private static final int ATTRIBUTE_GRAPH = 6 << 3 | CONTENT;
    private static final int ATTRIBUTE_TENSORS = 10 << 3 | CONTENT;
    private static final int ATTRIBUTE_GRAPHS = 11 << 3 | CONTENT;
    private static final int ATTRIBUTE_SPARSE_TENSOR = 22 << 3 | CONTENT;

    private final ProtobufFile file;
    private final Deque<Range> graphs = new ArrayDeque<>();
    private final Map<String, Long> external = new LinkedHashMap<>();
    private final List<GraphPort> inputs = new ArrayList<>();
    private final List<GraphPort> outputs = new ArrayList<>();
    private boolean hasGraph;
    private final Set<String> operators = new HashSet<>();
    private long bytes;
    private long opset;
    private RowSizes rows;

    private OnnxWeights(ProtobufFile file) {
        this.file = file;
    }

    /** The place of a graph within another one, which is read later: a stack would not hold them all. */
    private record Range(long start, long end) {}

    /**
     * Reads all of a file but the tensors' content.
     *
     * @throws InvalidProtocolBufferException when the file is no ModelProto with a graph
     * @throws ArithmeticException when the tensors have more bytes than a long can count
     */
    static OnnxWeights read(ProtobufFile file) throws IOException {
        OnnxWeights weights = new OnnxWeights(file);
        file.fields(file.size(), weights::readModel);
        if (!weights.hasGraph) {
            throw new InvalidProtocolBufferException("There is no graph");
        }
        while (!weights.graphs.isEmpty()) {
            Range graph = weights.graphs.remove();
            file.seek(graph.start);
            file.fields(graph.end, weights::readGraph);
        }
        weights.rows = RowSizes.of(weights.inputs, weights.outputs);
        return weights;
    }

    /** The bytes that the tensors take in memory, where ONNX Runtime makes sparse ones dense. */
    long bytes() {
        return bytes;
    }

    /** The files of external data by their locations, in the graph's order, with the bytes that each has to have. */
    Map<String, Long> external() {
        return external;
    }

    /** The operators of all nodes. */
    Set<String> operators() {
        return operators;
    }

    /** The version of ONNX's own operators; 0 where the file does not tell. */
    long opset() {
        return opset;
    }

    /** The inputs of the graph, in its order. */
    List<GraphPort> inputs() {
        return inputs;
    }

    /** The outputs of the graph, in its order. */
    List<GraphPort> outputs() {
        return outputs;
    }

    /** The sizes of the graph's rows. */
    RowSizes rows() {
        return rows;
    }

    private void readModel(int tag, long end) throws IOException {
        switch (tag) {
            case MODEL_GRAPH -> {
                hasGraph = true;
                file.fields(end, this::readMainGraph);
            }
            case MODEL_OPSET -> readOpset(end);
            case MODEL_FUNCTION ->
                file.fields(end, (field, node) -> {
                    if (field == FUNCTION_NODE) {
                        readNode(node);
                    }
                });
            default -> {}
        }
    }

    private void readOpset(long end) throws IOException {
        String[] domain = {""};
        long[] version = {0};
        file.fields(end, (tag, value) -> {
            if (tag == OPSET_DOMAIN) {
                domain[0] = file.text(value);
            } else if (tag == OPSET_VERSION) {
                version[0] = value;
            }
        });
        opset = domain[0].isEmpty() || domain[0].equals("ai.onnx") ? version[0] : opset;
    }

    private void readMainGraph(int tag, long end) throws IOException {
        switch (tag) {
            case GRAPH_INPUT -> inputs.add(GraphPort.read(file, end));
            case GRAPH_OUTPUT -> outputs.add(GraphPort.read(file, end));
            default -> readGraph(tag, end);
        }
    }

    private void readGraph(int tag, long end) throws IOException {
        switch (tag) {
            case GRAPH_NODE -> readNode(end);
            case GRAPH_INITIALIZER -> add(StoredTensor.read(file, end, external));
            case GRAPH_SPARSE_INITIALIZER -> add(StoredTensor.readSparse(file, end, external));
            default -> {}
        }
    }

    private void readNode(long end) throws IOException {
        file.fields(end, (tag, attribute) -> {
            if (tag == NODE_ATTRIBUTE) {
                file.fields(attribute, this::readAttribute);
            } else if (tag == NODE_OPERATOR) {
                operators.add(file.text(attribute));
            }
        });
    }

    private void readAttribute(int tag, long end) throws IOException {
        switch (tag) {
            case ATTRIBUTE_TENSOR, ATTRIBUTE_TENSORS -> add(StoredTensor.read(file, end, external));
            case ATTRIBUTE_SPARSE_TENSOR -> add(StoredTensor.readSparse(file, end, external));
            case ATTRIBUTE_GRAPH, ATTRIBUTE_GRAPHS -> graphs.add(new Range(file.position(), end));
            default -> {}
        }
    }

    private void add(StoredTensor tensor) {
        bytes = Math.addExact(bytes, tensor.bytes());
    }
}
