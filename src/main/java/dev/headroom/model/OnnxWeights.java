package dev.headroom.model;

import dev.headroom.model.ProtobufReader.Field;
import dev.headroom.model.ProtobufReader.MalformedException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The tensors that an ONNX graph brings along: its initialisers and constants, those of the graphs within its nodes, and
 * the constants of its functions. The numbers are those of onnx.proto.
 */
final class OnnxWeights {

    private static final int MODEL_GRAPH = 7;
    private static final int MODEL_FUNCTION = 25;
    private static final int FUNCTION_NODE = 7;
    private static final int GRAPH_NODE = 1;
    private static final int GRAPH_INITIALIZER = 5;
    private static final int GRAPH_INPUT = 11;
    private static final int GRAPH_OUTPUT = 12;
    private static final int GRAPH_SPARSE_INITIALIZER = 15;
    private static final int VALUE_TYPE = 2;
    private static final int TYPE_TENSOR = 1;
    private static final int TENSOR_SHAPE = 2;
    private static final int SHAPE_DIM = 1;
    private static final int DIM_VALUE = 1;
    private static final int NODE_ATTRIBUTE = 5;
    private static final int ATTRIBUTE_TENSOR = 5;
    private static final int ATTRIBUTE_GRAPH = 6;
    private static final int ATTRIBUTE_TENSORS = 10;
    private static final int ATTRIBUTE_GRAPHS = 11;
    private static final int ATTRIBUTE_SPARSE_TENSOR = 22;
    private static final int SPARSE_VALUES = 1;
    private static final int SPARSE_INDICES = 2;
    private static final int SPARSE_DIMS = 3;

    private final ProtobufReader file;
    private final Deque<Field> graphs = new ArrayDeque<>();
    private final Map<String, Long> external = new LinkedHashMap<>();
    private long bytes;
    private long inputs;
    private long widestOutput = 1;
    private long rowElements;
    private long outputRowElements = 1;

    private OnnxWeights(ProtobufReader file) {
        this.file = file;
    }

    /**
     * Reads all of a file but the tensors' content.
     *
     * @throws MalformedException when the file is no ModelProto with a graph
     * @throws ArithmeticException when the tensors have more bytes than a long can count
     * @throws java.io.UncheckedIOException when the file cannot be read
     */
    static OnnxWeights read(ProtobufReader file) {
        OnnxWeights weights = new OnnxWeights(file);
        weights.readModel(file.message());
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

    /** How large its rows are. */
    RowSizes rows() {
        return new RowSizes(inputs, Math.max(1, rowElements), outputRowElements, widestOutput);
    }

    private void readModel(Field model) {
        for (Field field : file.fields(model)) {
            switch (field.number()) {
                case MODEL_GRAPH -> {
                    graphs.add(field);
                    readPorts(field);
                }
                case MODEL_FUNCTION -> readFunction(field);
                default -> {}
            }
        }
        if (graphs.isEmpty()) {
            throw new MalformedException("There is no graph");
        }
        while (!graphs.isEmpty()) {
            readGraph(graphs.remove());
        }
    }

    private void readFunction(Field function) {
        for (Field field : file.fields(function)) {
            if (field.number() == FUNCTION_NODE) {
                readNode(field);
            }
        }
    }

    private void readGraph(Field graph) {
        for (Field field : file.fields(graph)) {
            switch (field.number()) {
                case GRAPH_NODE -> readNode(field);
                case GRAPH_INITIALIZER -> add(read(field));
                case GRAPH_SPARSE_INITIALIZER -> add(readSparse(field));
                default -> {}
            }
        }
    }

    private void readPorts(Field graph) {
        for (Field field : file.fields(graph)) {
            switch (field.number()) {
                case GRAPH_INPUT -> {
                    inputs++;
                    rowElements = inputs == 1 ? elementsOfRow(field) : rowElements;
                }
                case GRAPH_OUTPUT -> {
                    widestOutput = Math.max(widestOutput, lastDimension(field));
                    outputRowElements = Math.max(outputRowElements, elementsOfRow(field));
                }
                default -> {}
            }
        }
    }

    /** What a row of a port holds: the product of its dimensions after the first, an open one counted as 1. */
    private long elementsOfRow(Field port) {
        long elements = 1;
        List<Field> dimensions = inside(port, VALUE_TYPE, TYPE_TENSOR, TENSOR_SHAPE, SHAPE_DIM);
        for (Field dimension : dimensions.subList(Math.min(1, dimensions.size()), dimensions.size())) {
            for (Field value : inside(dimension, DIM_VALUE)) {
                elements = Math.multiplyExact(elements, Math.max(1, file.number(value)));
            }
        }
        return elements;
    }

    /** The last fixed dimension of a port; 1 where all are open. */
    private long lastDimension(Field port) {
        long last = 1;
        for (Field dimension : inside(port, VALUE_TYPE, TYPE_TENSOR, TENSOR_SHAPE, SHAPE_DIM, DIM_VALUE)) {
            last = file.number(dimension);
        }
        return last;
    }

    /** All fields under a path of field numbers. */
    private List<Field> inside(Field message, int... path) {
        List<Field> found = List.of(message);
        for (int number : path) {
            List<Field> next = new ArrayList<>();
            for (Field outer : found) {
                for (Field field : file.fields(outer)) {
                    if (field.number() == number) {
                        next.add(field);
                    }
                }
            }
            found = next;
        }
        return found;
    }

    private void readNode(Field node) {
        for (Field field : file.fields(node)) {
            if (field.number() == NODE_ATTRIBUTE) {
                readAttribute(field);
            }
        }
    }

    private void readAttribute(Field attribute) {
        for (Field field : file.fields(attribute)) {
            switch (field.number()) {
                case ATTRIBUTE_TENSOR, ATTRIBUTE_TENSORS -> add(read(field));
                case ATTRIBUTE_SPARSE_TENSOR -> add(readSparse(field));
                case ATTRIBUTE_GRAPH, ATTRIBUTE_GRAPHS -> graphs.add(field);
                default -> {}
            }
        }
    }

    private StoredTensor read(Field tensor) {
        StoredTensor stored = StoredTensor.read(file, tensor);
        stored.external().ifPresent(range -> external.merge(range.location(), range.end(), Math::max));
        return stored;
    }

    private StoredTensor readSparse(Field sparse) {
        long dataType = 0;
        long elements = 1;
        for (Field field : file.fields(sparse)) {
            switch (field.number()) {
                case SPARSE_VALUES -> dataType = read(field).dataType();
                case SPARSE_INDICES -> read(field);
                case SPARSE_DIMS -> elements = Math.multiplyExact(elements, file.product(field));
                default -> {}
            }
        }
        return new StoredTensor(dataType, elements, sparse.bytes(), Optional.empty());
    }

    private void add(StoredTensor tensor) {
        bytes = Math.addExact(bytes, tensor.bytes());
    }
}
