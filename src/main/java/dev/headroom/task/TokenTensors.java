package dev.headroom.task;

import dev.headroom.model.InputRules;
import dev.headroom.model.TaskSpec;
import dev.headroom.model.file.BrokenModelException;
import dev.headroom.tensor.Datatype;
import dev.headroom.tensor.Form;
import dev.headroom.tensor.Port;
import dev.headroom.tensor.Ports;
import dev.headroom.tensor.Row;
import dev.headroom.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.LongStream;

/** Fills the inputs of a text model's graph from a text's tokens. */
final class TokenTensors {

    private static final String MASK = "attention_mask";
    private static final String ADAPTER = "task_id";

    private static final Set<String> OF_TOKENS = Set.of("input_ids", MASK, "token_type_ids", "position_ids");
    private static final String CACHE = "past_key_values\\.\\d+\\.(key|value)";

    private static final Set<Datatype> INTEGERS = Set.of(Datatype.INT64, Datatype.INT32);
    private static final Set<Datatype> FLOATS = Set.of(Datatype.FP32, Datatype.FP16, Datatype.BF16);

    private final TaskSpec.Text spec;
    private final InputRules rules;
    private final List<Port> inputs;
    private final boolean masked;
    private final boolean adapted;

    /**
     * The inputs of a loaded model.
     *
     * @throws BrokenModelException when the model has an input that nothing fills
     */
    TokenTensors(TaskSpec.Text spec, Ports ports) {
        this.spec = spec;
        rules = spec.inputs();
        inputs = ports.inputs();
        masked = ports.inputNames().contains(MASK);
        adapted = ports.once().contains(ADAPTER) || ports.inputNames().contains(ADAPTER);
        inputs.forEach(this::check);
        if (adapted && rules.adapters().isEmpty()) {
            throw broken(
                    "the graph has the input task_id, and config.json has no lora_adaptations and no task_instructions that would number its tasks; add them");
        }
    }

    private void check(Port input) {
        String name = input.name();
        boolean cache = name.matches(CACHE);
        if (!OF_TOKENS.contains(name) && !cache && !name.equals(ADAPTER)) {
            throw broken(
                    "the graph has the input %s, which no text model's tokeniser fills; export the model for feature extraction, or serve it with the line 'task: tensors' in model.yaml"
                            .formatted(name));
        }
        if (!(cache ? FLOATS : INTEGERS).contains(input.datatype())) {
            throw broken(
                    "the graph's input %s is of %s, and %s are filled; export the model with one of these, or serve it with the line 'task: tensors' in model.yaml"
                            .formatted(name, input.datatype(), cache ? "FP32, FP16 and BF16" : "INT64 and INT32"));
        }
        if (cache) {
            cacheShape(input);
        }
    }

    /** The names of the tasks that the model is adapted to; empty for a model without them. */
    List<String> adapters() {
        return adapted ? rules.adapters() : List.of();
    }

    /** True if rows of every length are of one length in the end. */
    boolean padded() {
        return rules.padded();
    }

    /**
     * The row of these tokens.
     *
     * @param adapter the number of the task that the model is adapted to
     */
    Row row(Tokens tokens, OptionalLong adapter) {
        int count = tokens.ids().length;
        int length = rules.padded() ? Math.max(count, spec.maxLength()) : count;
        Form form = Form.OF_TASK.with(adapter);
        List<Tensor> tensors = new ArrayList<>(inputs.size());
        for (Port input : inputs) {
            tensors.add(tensor(input, tokens, length, adapter));
        }
        return new Row(tensors, masked || rules.padded() ? form : form.ofLength(length), 0, length - count);
    }

    private Tensor tensor(Port input, Tokens tokens, int length, OptionalLong adapter) {
        Datatype datatype = input.datatype();
        return switch (input.name()) {
            case "input_ids" -> Tensor.integers(datatype, extended(tokens.ids(), length, spec.padId()));
            case MASK -> Tensor.integers(datatype, extended(tokens.mask(), length, rules.unmasked() ? 1 : 0));
            case "token_type_ids" ->
                Tensor.integers(datatype, rules.untyped() ? new long[length] : extended(tokens.types(), length, 0));
            case "position_ids" ->
                Tensor.integers(
                        datatype,
                        LongStream.range(rules.firstPosition(), rules.firstPosition() + length)
                                .toArray());
            case ADAPTER ->
                new Tensor(
                        datatype,
                        new long[0],
                        Tensor.integers(datatype, new long[] {adapter.orElseThrow()})
                                .data());
            default -> Tensor.zeros(datatype, cacheShape(input));
        };
    }

    private static long[] extended(long[] values, int length, long value) {
        if (values.length == length) {
            return values;
        }
        long[] all = Arrays.copyOf(values, length);
        Arrays.fill(all, Math.min(values.length, length), length, value);
        return all;
    }

    /** The shape of a row's empty cache: heads, no token, and the length of a head's vectors. */
    private long[] cacheShape(Port input) {
        long[] shape = input.shape();
        long heads = shape.length == 4 && shape[1] < 0 ? rules.heads() : shape.length == 4 ? shape[1] : 0;
        long size = shape.length == 4 && shape[3] < 0 ? rules.headSize() : shape.length == 4 ? shape[3] : 0;
        if (heads < 1 || size < 1 || shape[2] >= 0) {
            throw broken(
                    "the graph's input %s has the shape %s, and an empty one is made where that is [batch, heads, tokens, size] and config.json has num_key_value_heads and head_dim; export the model for feature extraction, without a cache"
                            .formatted(input.name(), Arrays.toString(shape)));
        }
        return new long[] {heads, 0, size};
    }

    private BrokenModelException broken(String problem) {
        return new BrokenModelException("%s: %s.".formatted(spec.tokenizer().getParent(), problem));
    }
}
