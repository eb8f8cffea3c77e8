package dev.headroom.session;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.headroom.model.ModelSpec;
import dev.headroom.model.PortNames;
import dev.headroom.model.TaskSpec;
import dev.headroom.model.file.BrokenModelException;
import dev.headroom.tensor.Datatype;
import dev.headroom.tensor.Form;
import dev.headroom.tensor.Ports;
import dev.headroom.tensor.Row;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The inputs and outputs of a graph that the model uses.
 *
 * @param inputs the inputs, in the order in which rows give them: the tokens of a text first, which are its cost
 * @param once inputs without a batch dimension, which the session fills
 * @param outputs all outputs that have a share for each row
 * @param ofTask the output that the model's task reads
 */
record Signature(List<SessionPort> inputs, List<OnceForBatch> once, List<SessionPort> outputs, SessionPort ofTask) {

    /**
     * The inputs and the output that the description names; all inputs where it names none. An
     * output of a type that {@link Datatype} lacks does not count.
     *
     * @throws BrokenModelException when the graph lacks a named input or output, or ONNX Runtime cannot be given one of
     *     the inputs
     */
    static Signature of(ModelSpec spec, OrtSession session) throws OrtException {
        List<SessionPort> inputs = SessionPort.of(session.getInputInfo());
        List<SessionPort> outputs = SessionPort.of(session.getOutputInfo()).stream()
                .filter(output -> output.isBatched()
                        && Datatype.of(output.info().onnxType).isPresent())
                .toList();
        PortNames named = spec.task().ports();
        List<SessionPort> all = named.inputs().isEmpty()
                ? inputs
                : named.inputs().stream()
                        .map(name -> named(spec, "input", name, inputs))
                        .toList();
        boolean texts = spec.task() instanceof TaskSpec.OfText;
        List<OnceForBatch> once = all.stream()
                .filter(input -> texts && OnceForBatch.is(input))
                .map(OnceForBatch::new)
                .toList();
        List<SessionPort> used = all.stream()
                .filter(input -> !(texts && OnceForBatch.is(input)))
                .sorted(Comparator.comparing(input -> !(texts && input.name().equals("input_ids"))))
                .toList();
        used.forEach(input -> input.checkInput(spec));
        if (used.isEmpty() || outputs.isEmpty()) {
            throw new BrokenModelException(
                    "%s: %s has no tensor as its input, or none with a dynamic batch dimension as its output; export it with one."
                            .formatted(spec.onnx().getParent(), spec.onnx().getFileName()));
        }
        SessionPort output =
                named.output().map(name -> named(spec, "output", name, outputs)).orElse(outputs.getFirst());
        return new Signature(
                used,
                once,
                outputs.stream().filter(SessionPort::isOwn).toList(),
                outputs.stream().filter(node -> !node.isOwn()).findFirst().orElse(output));
    }

    /** The inputs and outputs. */
    Ports ports() {
        return new Ports(
                inputs.stream().map(SessionPort::port).toList(),
                outputs.stream().map(SessionPort::port).toList(),
                ofTask.port(),
                once.stream().map(input -> input.node().name()).toList());
    }

    /** The outputs that rows of this form ask for. */
    List<SessionPort> asked(Form form) {
        if (form.outputs().isEmpty()) {
            return List.of(ofTask);
        }
        List<SessionPort> asked = new ArrayList<>(form.outputs().size());
        for (String name : form.outputs()) {
            asked.add(output(name));
        }
        return asked;
    }

    private SessionPort output(String name) {
        for (SessionPort output : outputs) {
            if (output.name().equals(name)) {
                return output;
            }
        }
        throw new IllegalArgumentException("There is no output " + name);
    }

    /** True if a batch may run as a CUDA graph, which has nothing that depends on the batch's length but rows of numbers. */
    boolean graphsSuit() {
        for (SessionPort input : inputs) {
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
    Optional<long[]> outputShape(SessionPort output, List<long[]> inputShapes) {
        long[] shape = output.info().getShape();
        String[] names = output.info().getDimensionNames();
        for (int d = 0; d < shape.length; d++) {
            shape[d] = shape[d] >= 0 ? shape[d] : size(names[d], inputShapes);
            if (shape[d] < 0) {
                return Optional.empty();
            }
        }
        return output.info().type != OnnxJavaType.STRING && output.isGiven() ? Optional.of(shape) : Optional.empty();
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

    private static SessionPort named(ModelSpec spec, String kind, String name, List<SessionPort> nodes) {
        return nodes.stream()
                .filter(node -> node.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new BrokenModelException("%s: the folder names the %s %s, which %s lacks; it has %s."
                        .formatted(
                                spec.onnx().getParent(),
                                kind,
                                name,
                                spec.onnx().getFileName(),
                                nodes.stream().map(SessionPort::name).toList())));
    }
}
