package dev.headroom.tensor;

import java.util.List;

/**
 * One item as the model takes it: a tensor for each of the model's inputs, in the order of {@link Ports#inputs}.
 *
 * @param inputs the tensors, without the batch dimension
 * @param form rows of the same form share a batch
 * @param prompt how many elements of its beginning the model reads, but the answer leaves out
 * @param padding the elements at the row's end that are no tokens
 */
public record Row(List<Tensor> inputs, Form form, int prompt, int padding) {

    /** A row that a task made. */
    public Row(List<Tensor> inputs) {
        this(inputs, Form.OF_TASK, 0, 0);
    }

    /** The same row of a text that begins with a prompt of so many tokens, which are not pooled. */
    public Row after(int tokens) {
        return new Row(inputs, form, tokens, padding);
    }

    /** The same row of a task, for which another output of the graph is read than the task's. */
    public Row reading(String output) {
        return new Row(inputs, form.reading(output), prompt, padding);
    }

    /**
     * A caller's own row.
     *
     * @param outputs the names of the wanted outputs, at least one
     */
    public static Row of(List<Tensor> inputs, List<String> outputs) {
        return new Row(inputs, Form.of(inputs, outputs), 0, 0);
    }

    /** A row of zeros of the same shapes. */
    public Row zeros() {
        return new Row(
                inputs.stream()
                        .map(input -> Tensor.zeros(input.datatype(), input.shape()))
                        .toList(),
                form,
                prompt,
                padding);
    }

    /** The tokens of a text, without padding. */
    public int tokens() {
        return Math.toIntExact(elements()) - padding;
    }

    /** The item's cost: the elements of its first input, such as the tokens of a text. */
    public long elements() {
        return Math.max(1, Tensor.elements(inputs.getFirst().shape()));
    }
}
