package dev.headroom.tensor;

import java.util.List;

/**
 * One item as the model takes it: a tensor for each of the model's inputs, in the order of {@link Ports#inputs}.
 *
 * @param inputs the tensors, without the batch dimension
 * @param form rows of the same form share a batch
 */
public record Row(List<Tensor> inputs, Form form) {

    /** A row that a task made. */
    public Row(List<Tensor> inputs) {
        this(inputs, Form.OF_TASK);
    }

    /**
     * A caller's own row.
     *
     * @param outputs the names of the wanted outputs, at least one
     */
    public static Row of(List<Tensor> inputs, List<String> outputs) {
        return new Row(inputs, Form.of(inputs, outputs));
    }

    /** A row of zeros of the same shapes. */
    public Row zeros() {
        return new Row(
                inputs.stream()
                        .map(input -> Tensor.zeros(input.datatype(), input.shape()))
                        .toList(),
                form);
    }

    /** The item's cost: the elements of its first input, such as the tokens of a text. */
    public long elements() {
        return Math.max(1, Tensor.elements(inputs.getFirst().shape()));
    }
}
