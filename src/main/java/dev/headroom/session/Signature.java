package dev.headroom.session;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import dev.headroom.model.BrokenModelException;
import dev.headroom.model.GraphTail;
import dev.headroom.model.ModelSpec;
import dev.headroom.model.PortNames;
import dev.headroom.model.TaskSpec;
import dev.headroom.tensor.Datatype;
import dev.headroom.tensor.Form;
import dev.headroom.tensor.Port;
import dev.headroom.tensor.Ports;
import dev.headroom.tensor.Row;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The inputs and outputs of a graph that the model uses.
 *
 * @param inputs the inputs, in the order in which rows give them: the tokens of a text first, which are its cost
 * @param once inputs without a batch dimension, which the session fills
 * @param outputs all outputs that have a share for each row
 * @param ofTask the output that the model's task reads
 */
record Signature(List<Node> inputs, List<OnceForBatch> once, List<Node> outputs, Node ofTask) {

    /**
     * An input or output.
     *
     * @param name its name in the graph
     * @param info its type and dimensions, an open dimension being -1
     */
    record Node(String name, TensorInfo info) {

        /** The type of its elements; all inputs and outputs that are used have a known one. */
        Datatype datatype() {
            return Datatype.of(info.onnxType).orElseThrow();
        }

        private Port port() {
            return new Port(name, datatype(), info.getShape());
        }
    }

    /**
     * The inputs and the output that the description names; all inputs where it names none. An
     * output of a type that {@link Datatype} lacks does not count.
     *
     * @throws BrokenModelException when the graph lacks a named input or output, or ONNX Runtime cannot be given one of
     *     the inputs
     */
    static Signature of(ModelSpec spec, OrtSession session) throws OrtException {
        List<Node> inputs = nodes(session.getInputInfo());
        List<Node> outputs = nodes(session.getOutputInfo()).stream()
                .filter(output ->
                        isBatched(output) && Datatype.of(output.info().onnxType).isPresent())
                .toList();
        PortNames named = spec.task().ports();
        List<Node> all = named.inputs().isEmpty()
                ? inputs
                : named.inputs().stream()
                        .map(name -> named(spec, "input", name, inputs))
                        .toList();
        boolean texts = spec.task() instanceof TaskSpec.OfText;
        List<OnceForBatch> once = all.stream()
                .filter(input -> texts && OnceForBatch.is(input))
                .map(OnceForBatch::new)
                .toList();
        List<Node> used = all.stream()
                .filter(input -> !(texts && OnceForBatch.is(input)))
                .sorted(Comparator.comparing(input -> !(texts && input.name().equals("input_ids"))))
                .toList();
        used.forEach(input -> check(spec, input));
        if (used.isEmpty() || outputs.isEmpty()) {
            throw new BrokenModelException(
                    "%s: %s has no tensor as its input, or none with a dynamic batch dimension as its output; export it with one."
                            .formatted(spec.onnx().getParent(), spec.onnx().getFileName()));
        }
        Node output =
                named.output().map(name -> named(spec, "output", name, outputs)).orElse(outputs.getFirst());
        return new Signature(
                used,
                once,
                outputs.stream().filter(Signature::isOwn).toList(),
                outputs.stream().filter(node -> !isOwn(node)).findFirst().orElse(output));
    }

    private static void check(ModelSpec spec, Node input) {
        if (!isBatched(input)) {
            throw new BrokenModelException(
                    ("%s: input %s of %s has the shape %s, whose first dimension is fixed; export"
                                    + " the model with a dynamic batch dimension.")
                            .formatted(
                                    spec.onnx().getParent(),
                                    input.name(),
                                    spec.onnx().getFileName(),
                                    input.info()));
        }
        if (!isGiven(input.info())) {
            throw new BrokenModelException(
                    "%s: input %s of %s is %s, which ONNX Runtime takes from no Java program; export the model with a signed integer there."
                            .formatted(
                                    spec.onnx().getParent(),
                                    input.name(),
                                    spec.onnx().getFileName(),
                                    input.info().onnxType.name().replaceFirst(".*_", "")));
        }
    }

    /** The inputs and outputs. */
    Ports ports() {
        return new Ports(
                inputs.stream().map(Node::port).toList(),
                outputs.stream().map(Node::port).toList(),
                ofTask.port(),
                once.stream().map(input -> input.node().name()).toList());
    }

    /** The outputs that rows of this form ask for. */
    List<Node> asked(Form form) {
        if (form.outputs().isEmpty()) {
            return List.of(ofTask);
        }
        List<Node> asked = new ArrayList<>(form.outputs().size());
        for (String name : form.outputs()) {
            asked.add(output(name));
        }
        return asked;
    }

    private Node output(String name) {
        for (Node output : outputs) {
            if (output.name().equals(name)) {
                return output;
            }
        }
        throw new IllegalArgumentException("There is no output " + name);
    }

    /** True if a batch may run as a CUDA graph, which has nothing that depends on the batch's length but rows of numbers. */
    boolean graphsSuit() {
        for (Node input : inputs) {
            if (input.datatype() == Datatype.BYTES) {
                return false;
            }
        }
        return once.isEmpty();
    }

    /** A row with every open dimension 1 and every value 0. */
    Row smallestRow() {
        return new Row(inputs.stream().map(input -> input.port().zeros()).toList());
    }

    /**
     * An output's shape for a batch, which follows from the names of the inputs' open dimensions. Empty where the
     * output has an open dimension that no input has, or a type that ONNX Runtime does not write into a buffer of the
     * caller.
     *
     * @param inputShapes the shapes of the batch's inputs, in their order
     */
    Optional<long[]> outputShape(Node output, List<long[]> inputShapes) {
        long[] shape = output.info().getShape();
        String[] names = output.info().getDimensionNames();
        for (int d = 0; d < shape.length; d++) {
            shape[d] = shape[d] >= 0 ? shape[d] : size(names[d], inputShapes);
            if (shape[d] < 0) {
                return Optional.empty();
            }
        }
        return output.info().type != OnnxJavaType.STRING && isGiven(output.info())
                ? Optional.of(shape)
                : Optional.empty();
    }

    /** The size of the inputs' open dimension of this name; -1 where none has it. */
    private long size(String dimension, List<long[]> inputShapes) {
        for (int i = inputs.size() - 1; i >= 0 && !dimension.isEmpty(); i--) {
            String[] names = inputs.get(i).info().getDimensionNames();
            for (int d = names.length - 1; d >= 0; d--) {
                if (names[d].equals(dimension)) {
                    return inputShapes.get(i)[d];
                }
            }
        }
        return -1;
    }

    /** True if ONNX Runtime takes tensors of this type from Java. */
    private static boolean isGiven(TensorInfo info) {
        return switch (info.onnxType) {
            case ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT16,
                    ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT32,
                    ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT64 -> false;
            default -> info.type != OnnxJavaType.UNKNOWN;
        };
    }

    /** True unless the output was appended to the graph, which callers neither see nor ask for. */
    private static boolean isOwn(Node output) {
        return !output.name().equals(GraphTail.OUTPUT);
    }

    private static boolean isBatched(Node input) {
        return input.info().getShape().length > 0 && input.info().getShape()[0] < 0;
    }

    private static List<Node> nodes(Map<String, NodeInfo> nodes) {
        return nodes.values().stream()
                .filter(node -> node.getInfo() instanceof TensorInfo)
                .map(node -> new Node(node.getName(), (TensorInfo) node.getInfo()))
                .toList();
    }

    private static Node named(ModelSpec spec, String kind, String name, List<Node> nodes) {
        return nodes.stream()
                .filter(node -> node.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new BrokenModelException("%s: the folder names the %s %s, which %s lacks; it has %s."
                        .formatted(
                                spec.onnx().getParent(),
                                kind,
                                name,
                                spec.onnx().getFileName(),
                                nodes.stream().map(Node::name).toList())));
    }
}
