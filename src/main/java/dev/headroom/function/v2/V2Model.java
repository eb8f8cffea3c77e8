package dev.headroom.function.v2;

import dev.headroom.function.body.JsonFields;
import dev.headroom.model.Labels;
import dev.headroom.model.TaskSpec;
import dev.headroom.task.Answer;
import dev.headroom.task.Input;
import dev.headroom.task.Pipeline;
import dev.headroom.tensor.Port;
import dev.headroom.tensor.Tensor;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A model as the protocol has it.
 *
 * @param name its name
 * @param inputs what it takes, in the order in which rows give it
 * @param outputs what it gives, in the graph's order
 * @param labels the labels of its classes; empty where it has none
 */
public record V2Model(String name, List<TensorPort> inputs, List<TensorPort> outputs, List<String> labels) {

    /** A model that is served. */
    static V2Model of(Pipeline pipeline) {
        return new V2Model(
                pipeline.name(),
                ports(pipeline.ports().inputs()),
                ports(pipeline.ports().outputs()),
                labels(pipeline.spec()).map(Labels::names).orElse(List.of()));
    }

    /** An output of a type that the protocol has no name for is not there. */
    private static List<TensorPort> ports(List<Port> ports) {
        return ports.stream()
                .flatMap(port -> Datatype.of(port.onnxType()).stream()
                        .map(datatype -> new TensorPort(port.name(), datatype, port.shape())))
                .toList();
    }

    private static Optional<Labels> labels(TaskSpec spec) {
        return switch (spec) {
            case TaskSpec.Classify classify -> Optional.of(classify.labels());
            case TaskSpec.Image image -> image.labels();
            case TaskSpec.Embed _, TaskSpec.Rerank _, TaskSpec.Tensors _ -> Optional.empty();
        };
    }

    /**
     * The inputs of a request that was {@link #check checked}.
     *
     * @param inputs in the order in which rows give them
     * @param rows how many rows they hold
     */
    record Checked(List<InferenceTensor> inputs, int rows) {}

    /**
     * Checks a request against the graph.
     *
     * @throws dev.headroom.request.RequestFailedException when it is not one for this model
     */
    Checked check(TensorRequest request) {
        checkOutputs(request);
        List<InferenceTensor> ordered = ordered(request);
        return new Checked(ordered, TensorRows.count(ordered));
    }

    /** The rows of a request, each as the model takes it. */
    List<Input> rows(TensorRequest request, Checked checked) {
        List<String> asked = asked(request).stream().map(TensorPort::name).toList();
        return TensorRows.split(checked.inputs).stream()
                .map(row -> row.stream().map(InferenceTensor::toModel).toList())
                .<Input>map(row -> new Input.Tensors(row, asked))
                .toList();
    }

    /**
     * Puts the answers to a request's rows together.
     *
     * @throws dev.headroom.request.RequestFailedException when they make no tensors, or none of which classes are told
     */
    TensorResponse response(TensorRequest request, List<Answer> answers) {
        List<TensorPort> asked = asked(request);
        List<InferenceTensor> outputs = TensorRows.join(
                answers.stream().map(answer -> named(asked, answer)).toList());
        return new TensorResponse(
                new TensorAddress(
                        name, Optional.of(V2Models.VERSION), request.address().id()),
                request.outputs().isEmpty() ? outputs : wanted(request, outputs));
    }

    private static List<InferenceTensor> named(List<TensorPort> asked, Answer answer) {
        if (!(answer instanceof Answer.Tensors(List<Tensor> outputs))) {
            throw new IllegalStateException("Tensors are answered by tensors, not by " + answer);
        }
        return IntStream.range(0, asked.size())
                .mapToObj(i -> asked.get(i).holding(outputs.get(i)))
                .toList();
    }

    private List<InferenceTensor> wanted(TensorRequest request, List<InferenceTensor> outputs) {
        return request.outputs().stream()
                .map(wanted -> classified(wanted, named(wanted.name(), outputs)))
                .toList();
    }

    private static InferenceTensor named(String name, List<InferenceTensor> tensors) {
        return tensors.stream()
                .filter(tensor -> tensor.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private InferenceTensor classified(WantedOutput wanted, InferenceTensor output) {
        return wanted.classes().isPresent()
                ? Classification.of(output, wanted.classes().getAsInt(), labels)
                : output;
    }

    /** The outputs that a request asks for, in the graph's order: rows that ask for the same ones share a batch. */
    private List<TensorPort> asked(TensorRequest request) {
        Set<String> names = request.outputs().stream().map(WantedOutput::name).collect(Collectors.toSet());
        return names.isEmpty()
                ? outputs
                : outputs.stream()
                        .filter(output -> names.contains(output.name()))
                        .toList();
    }

    private List<InferenceTensor> ordered(TensorRequest request) {
        request.inputs().stream()
                .filter(input -> inputs.stream().noneMatch(port -> port.name().equals(input.name())))
                .findFirst()
                .ifPresent(input -> {
                    throw JsonFields.invalid(
                            "The model %s has no input '%s'; its inputs are %s.", name, input.name(), names(inputs));
                });
        return inputs.stream().map(port -> given(request, port)).toList();
    }

    private InferenceTensor given(TensorRequest request, TensorPort port) {
        InferenceTensor tensor = request.inputs().stream()
                .filter(input -> input.name().equals(port.name()))
                .findFirst()
                .orElseThrow(() -> JsonFields.invalid(
                        "The input '%s' is missing; the model %s takes %s.", port.name(), name, names(inputs)));
        port.check(tensor);
        return tensor;
    }

    private void checkOutputs(TensorRequest request) {
        Set<String> seen = new HashSet<>();
        for (WantedOutput wanted : request.outputs()) {
            if (outputs.stream().noneMatch(port -> port.name().equals(wanted.name()))) {
                throw JsonFields.invalid(
                        "The model %s has no output '%s'; its outputs are %s.", name, wanted.name(), names(outputs));
            }
            if (!seen.add(wanted.name())) {
                throw JsonFields.invalid("The output '%s' is asked for twice; ask once.", wanted.name());
            }
            wanted.classes();
            wanted.binary(false);
        }
    }

    private static String names(List<TensorPort> ports) {
        return ports.stream().map(TensorPort::name).collect(Collectors.joining(", "));
    }
}
