package dev.headroom.function.v2;

import dev.headroom.function.body.JsonFields;
import dev.headroom.model.Labels;
import dev.headroom.model.TaskSpec;
import dev.headroom.task.Answer;
import dev.headroom.task.Input;
import dev.headroom.task.Pipeline;
import dev.headroom.tensor.Datatype;
import dev.headroom.tensor.Port;
import dev.headroom.tensor.Ports;
import dev.headroom.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A served model in the protocol's terms.
 *
 * @param name its name
 * @param ports its inputs and outputs
 * @param labels the labels of its classes; empty where it has none
 */
public record V2Model(String name, Ports ports, List<String> labels) {

    static V2Model of(Pipeline pipeline) {
        Optional<Labels> labels =
                switch (pipeline.spec()) {
                    case TaskSpec.Classify classify -> Optional.of(classify.labels());
                    case TaskSpec.Image image -> image.labels();
                    case TaskSpec.OfVectors _, TaskSpec.Rerank _, TaskSpec.Generate _, TaskSpec.Tensors _ ->
                        Optional.empty();
                };
        return new V2Model(
                pipeline.name(), pipeline.ports(), labels.map(Labels::names).orElse(List.of()));
    }

    /**
     * Checks a request against the graph.
     *
     * @throws dev.headroom.request.RequestFailedException when it is not one for this model
     */
    void check(TensorRequest request) {
        checkOutputs(request.outputs());
        for (String input : request.inputs().keySet()) {
            if (!isAmong(ports.inputs(), input)) {
                throw JsonFields.invalid(
                        "The model %s has no input '%s'; its inputs are %s.", name, input, names(ports.inputs()));
            }
        }
        for (Port port : ports.inputs()) {
            checkInput(port, request.inputs().get(port.name()));
        }
        checkRows(request);
    }

    private void checkOutputs(List<WantedOutput> outputs) {
        Set<String> seen = new HashSet<>(2 * outputs.size());
        for (WantedOutput wanted : outputs) {
            if (!isAmong(ports.outputs(), wanted.name())) {
                throw JsonFields.invalid(
                        "The model %s has no output '%s'; its outputs are %s.",
                        name, wanted.name(), names(ports.outputs()));
            }
            if (!seen.add(wanted.name())) {
                throw JsonFields.invalid("The output '%s' is asked for twice; ask once.", wanted.name());
            }
            wanted.classes();
            wanted.binary(false);
        }
    }

    private static boolean isAmong(List<Port> ports, String name) {
        for (Port port : ports) {
            if (port.name().equals(name)) {
                return true;
            }
        }
        return false;
    }

    private void checkInput(Port port, Tensor input) {
        if (input == null) {
            throw JsonFields.invalid(
                    "The input '%s' is missing; the model %s takes %s.", port.name(), name, names(ports.inputs()));
        }
        if (input.datatype() != port.datatype()) {
            throw JsonFields.invalid(
                    "The input '%s' is of %s; the model takes %s.", port.name(), input.datatype(), port.datatype());
        }
        if (port.datatype() == Datatype.BYTES) {
            RawValues.checkTexts(port.name(), input);
        }
        if (!port.takes(input.shape())) {
            throw JsonFields.invalid(
                    "The input '%s' has the shape %s; the model takes %s, where -1 is any size.",
                    port.name(), Arrays.toString(input.shape()), Arrays.toString(port.shape()));
        }
    }

    private void checkRows(TensorRequest request) {
        String first = ports.inputs().getFirst().name();
        long rows = request.inputs().get(first).shape()[0];
        for (Port input : ports.inputs()) {
            long others = request.inputs().get(input.name()).shape()[0];
            if (others != rows) {
                throw JsonFields.invalid(
                        "The input '%s' has %d rows and '%s' has %d; the first dimension of all inputs is the batch, and the same.",
                        first, rows, input.name(), others);
            }
        }
    }

    /** The rows of a {@link #check checked} request, each as the model takes it. */
    List<Input> rows(TensorRequest request) {
        List<String> asked = asked(request);
        List<List<Tensor>> inputs = new ArrayList<>(ports.inputs().size());
        for (Port input : ports.inputs()) {
            inputs.add(request.inputs().get(input.name()).rows());
        }
        List<Input> rows = new ArrayList<>(request.rows());
        for (int row = 0; row < request.rows(); row++) {
            List<Tensor> tensors = new ArrayList<>(inputs.size());
            for (List<Tensor> input : inputs) {
                tensors.add(input.get(row));
            }
            rows.add(new Input.Tensors(tensors, asked));
        }
        return rows;
    }

    /**
     * The wanted outputs of a request, made of the answers to its rows.
     *
     * @throws dev.headroom.request.RequestFailedException when the answers make no tensors, or have no highest classes
     */
    List<OutputRows> outputs(TensorRequest request, List<Answer> answers) {
        List<OutputRows> outputs = new ArrayList<>();
        for (String name : asked(request)) {
            List<Tensor> rows = new ArrayList<>(answers.size());
            for (Answer answer : answers) {
                rows.add(((Answer.Tensors) answer).outputs().get(outputs.size()));
            }
            outputs.add(new OutputRows(name, rows));
        }
        return request.outputs().isEmpty()
                ? outputs
                : request.outputs().stream()
                        .map(wanted -> wanted(wanted, outputs))
                        .toList();
    }

    private OutputRows wanted(WantedOutput wanted, List<OutputRows> outputs) {
        OutputRows output = outputs.stream()
                .filter(given -> given.name().equals(wanted.name()))
                .findFirst()
                .orElseThrow();
        return wanted.classes().isPresent()
                ? Classification.of(output, wanted.classes().getAsInt(), labels)
                : output;
    }

    /** The outputs that a request asks for, in the graph's order: rows that ask for the same ones share a batch. */
    private List<String> asked(TensorRequest request) {
        List<String> asked = new ArrayList<>(ports.outputs().size());
        for (Port output : ports.outputs()) {
            if (request.outputs().isEmpty() || isWanted(request, output.name())) {
                asked.add(output.name());
            }
        }
        return asked;
    }

    private static boolean isWanted(TensorRequest request, String output) {
        for (WantedOutput wanted : request.outputs()) {
            if (wanted.name().equals(output)) {
                return true;
            }
        }
        return false;
    }

    private static String names(List<Port> ports) {
        return ports.stream().map(Port::name).collect(Collectors.joining(", "));
    }
}
