package dev.headroom.half;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import dev.headroom.model.ModelSpec;
import dev.headroom.model.file.BrokenModelException;
import dev.headroom.model.onnx.OnnxFile;
import dev.headroom.session.GraphProbe;
import dev.headroom.tensor.Row;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Writes the file in half precision of a graph in full precision.
 *
 * @param model the model whose file in full precision is read: one that ONNX Runtime wrote, with its weights beside it
 * @param type the type of numbers in half precision
 * @param file the file to write; its weights get a file beside it
 */
record HalfFile(ModelSpec model, HalfType type, Path file) {

    private static final int MODEL_GRAPH = 7;
    private static final int GRAPH_OUTPUT = 12;
    private static final int SPARSE_INITIALIZER = 15;

    /**
     * Writes the file.
     *
     * @param probe a row that shows how large the graph's values become
     * @return the operators that stayed in full precision, with the number of their nodes
     * @throws BrokenModelException when the graph is not one of floats, or nothing of it can be in half precision
     */
    Map<String, Integer> write(Row probe) throws IOException {
        UnknownFieldSet whole = UnknownFieldSet.parseFrom(Files.readAllBytes(model.onnx()));
        UnknownFieldSet graph = UnknownFieldSet.parseFrom(
                whole.getField(MODEL_GRAPH).getLengthDelimitedList().getLast());
        List<GraphNode> nodes = GraphNode.all(graph);
        try (Arena memory = Arena.ofConfined()) {
            Map<String, Weight> weights = Weights.read(type, model.onnx(), graph, memory);
            long opset = OnnxFile.read(model.onnx()).opset();
            check(graph, opset, nodes, weights);
            HalfGraph half = new HalfGraph(type, graph, opset, weights, largest(graph, nodes, probe));
            if (half.halfWeights().isEmpty()) {
                throw refused("has no weights of floats that 16 bits can hold", "serve it as it is");
            }
            try (WeightFile data = new WeightFile(file.resolveSibling(file.getFileName() + "_data"))) {
                List<UnknownFieldSet> stored = half.write(data);
                Files.write(file, half.in(whole, half.nodes(), stored).toByteArray());
                Files.write(rounding(), half.in(whole, half.rounding(), stored).toByteArray());
            }
            return half.left();
        }
    }

    /** A graph beside the file that computes in full precision and rounds as the file's graph does on a GPU; to be deleted. */
    Path rounding() {
        return file.resolveSibling("." + file.getFileName());
    }

    private void check(UnknownFieldSet graph, long opset, List<GraphNode> nodes, Map<String, Weight> weights) {
        if (graph.hasField(SPARSE_INITIALIZER)) {
            throw refused("has sparse initialisers", "export it with dense ones");
        }
        if (opset < type.leastOpset()) {
            throw refused(
                    "uses version %d of ONNX's operators".formatted(opset),
                    "export it with version %d or newer".formatted(type.leastOpset()));
        }
        nodes.stream()
                .map(GraphNode::operator)
                .filter(Operators::isQuantised)
                .findFirst()
                .ifPresent(operator -> {
                    throw refused(
                            "is quantised: it has the operator " + operator, "begin with the graph from before that");
                });
        weights.values().stream().filter(Weight::isHalf).findFirst().ifPresent(weight -> {
            throw refused("has weights in 16 bits already: " + weight.name(), "begin with the graph in full precision");
        });
    }

    private Map<String, Float> largest(UnknownFieldSet graph, List<GraphNode> nodes, Row probe)
            throws InvalidProtocolBufferException {
        Set<String> outputs = new HashSet<>(GraphNode.ports(graph, GRAPH_OUTPUT));
        List<String> values = nodes.stream()
                .flatMap(node -> node.outputs().stream())
                .filter(name -> !name.isEmpty() && !outputs.contains(name))
                .toList();
        try (GraphProbe opened = new GraphProbe(model, values)) {
            return opened.largest(List.of(probe));
        }
    }

    private BrokenModelException refused(String problem, String remedy) {
        return new BrokenModelException("%s: %s %s, so that no file in %s precision is made of it; %s."
                .formatted(model.name(), model.onnx().getFileName(), problem, type.precision(), remedy));
    }
}
