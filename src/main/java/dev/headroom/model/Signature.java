package dev.headroom.model;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The inputs and the output of a graph that are used.
 *
 * @param inputs the inputs, in the order in which rows give them
 * @param output the one output that is asked for
 */
record Signature(List<Port> inputs, Port output) {

    /**
     * An input or output.
     *
     * @param name its name in the graph
     * @param info its type and dimensions, an open dimension being -1
     */
    record Port(String name, TensorInfo info) {}

    /**
     * What the description names, else all inputs and the first output of the graph.
     *
     * @throws BrokenModelException when the description names what the graph lacks, or an input has no batch dimension
     */
    static Signature of(ModelSpec spec, OrtSession session) throws OrtException {
        List<Port> inputs = ports(session.getInputInfo());
        List<Port> outputs = ports(session.getOutputInfo());
        List<Port> used = spec.task().inputs().isEmpty()
                ? inputs
                : spec.task().inputs().stream()
                        .map(name -> named(spec, "input", name, inputs))
                        .toList();
        used.stream().filter(input -> !isBatched(input)).findFirst().ifPresent(input -> {
            throw new BrokenModelException(
                    ("%s: input %s of %s has the shape %s, whose first dimension is fixed; export"
                                    + " the model with a dynamic batch dimension.")
                            .formatted(
                                    spec.onnx().getParent(),
                                    input.name(),
                                    spec.onnx().getFileName(),
                                    input.info()));
        });
        Port output = spec.task()
                .output()
                .map(name -> named(spec, "output", name, outputs))
                .orElse(outputs.getFirst());
        return new Signature(used, output);
    }

    List<String> inputNames() {
        return inputs.stream().map(Port::name).toList();
    }

    /** A row with every open dimension 1 and every value 0. */
    Row smallestRow() {
        return new Row(inputs.stream()
                .map(input -> {
                    long[] shape = itemShape(input);
                    int bytes = Math.toIntExact(Tensor.elements(shape) * input.info().type.size);
                    return new Tensor(input.info().type, shape, ByteBuffer.allocate(bytes));
                })
                .toList());
    }

    /**
     * The output's shape for a batch, where the graph says it: open dimensions carry names, and those of the inputs
     * are known. Empty where the output has an open dimension that no input has.
     *
     * @param inputShapes the shapes of the batch's inputs, in their order
     */
    Optional<long[]> outputShape(List<long[]> inputShapes) {
        Map<String, Long> sizes = new HashMap<>();
        for (int i = 0; i < inputs.size(); i++) {
            String[] names = inputs.get(i).info().getDimensionNames();
            for (int d = 0; d < names.length; d++) {
                sizes.put(names[d], inputShapes.get(i)[d]);
            }
        }
        sizes.remove("");
        long[] shape = output.info().getShape().clone();
        String[] names = output.info().getDimensionNames();
        for (int d = 0; d < shape.length; d++) {
            shape[d] = shape[d] >= 0 ? shape[d] : sizes.getOrDefault(names[d], -1L);
            if (shape[d] < 0) {
                return Optional.empty();
            }
        }
        return Optional.of(shape);
    }

    private static long[] itemShape(Port input) {
        long[] shape = input.info().getShape();
        long[] item = new long[shape.length - 1];
        for (int d = 0; d < item.length; d++) {
            item[d] = Math.max(1, shape[d + 1]);
        }
        return item;
    }

    private static boolean isBatched(Port input) {
        return input.info().getShape().length > 0 && input.info().getShape()[0] < 0;
    }

    private static List<Port> ports(Map<String, NodeInfo> nodes) {
        return nodes.values().stream()
                .filter(node -> node.getInfo() instanceof TensorInfo)
                .map(node -> new Port(node.getName(), (TensorInfo) node.getInfo()))
                .toList();
    }

    private static Port named(ModelSpec spec, String kind, String name, List<Port> ports) {
        return ports.stream()
                .filter(port -> port.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new BrokenModelException("%s: model.yaml names the %s %s, which %s lacks; it has %s."
                        .formatted(
                                spec.onnx().getParent(),
                                kind,
                                name,
                                spec.onnx().getFileName(),
                                ports.stream().map(Port::name).toList())));
    }
}
