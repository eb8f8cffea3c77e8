package dev.headroom.model;

import java.util.List;

/**
 * One item as the model takes it: a tensor for each of the model's inputs, in {@link Model#inputs()}'s order.
 *
 * @param inputs the tensors, without the batch dimension
 */
public record Row(List<Tensor> inputs) {

    /** The item's cost: elements of its first input, such as the tokens of a text. */
    public long elements() {
        return Tensor.elements(inputs.getFirst().shape());
    }

    /** What a batch of so many rows costs once all are padded to the longest of them. */
    public static long paddedElements(List<Row> rows) {
        return rows.size() * rows.stream().mapToLong(Row::elements).max().orElse(0);
    }
}
