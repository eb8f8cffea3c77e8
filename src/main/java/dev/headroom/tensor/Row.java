package dev.headroom.tensor;

import java.util.List;

/**
 * One item as the model takes it: a tensor for each of the model's inputs, in {@link Ports#inputs}'s order.
 *
 * @param inputs the tensors, without the batch dimension
 * @param form which rows it shares a batch with
 */
public record Row(List<Tensor> inputs, Form form) {

    /** A row that a task made. */
    public Row(List<Tensor> inputs) {
        this(inputs, Form.OF_TASK);
    }

    /**
     * A row that a caller gave as it is.
     *
     * @param outputs the names of the outputs that are asked for, at least one
     */
    public static Row of(List<Tensor> inputs, List<String> outputs) {
        return new Row(inputs, Form.of(inputs, outputs));
    }

    /** The same with nothing in it. */
    public Row zeros() {
        return new Row(
                inputs.stream()
                        .map(input -> Tensor.zeros(input.type(), input.shape()))
                        .toList(),
                form);
    }

    /** The item's cost: elements of its first input, such as the tokens of a text. */
    public long elements() {
        return Math.max(1, Tensor.elements(inputs.getFirst().shape()));
    }

    /** What a batch of so many rows costs once all are padded to the longest of them. */
    public static long paddedElements(List<Row> rows) {
        return rows.size() * rows.stream().mapToLong(Row::elements).max().orElse(0);
    }
}
