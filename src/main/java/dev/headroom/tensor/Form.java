package dev.headroom.tensor;

import java.util.Arrays;
import java.util.List;

/**
 * The properties that rows of one batch have in common.
 *
 * @param shapes the shapes of a row's tensors; empty for rows of a task, whose vectors are padded to the longest
 * @param outputs the names of the wanted outputs; empty for the output that the task reads
 */
public record Form(List<List<Long>> shapes, List<String> outputs) {

    /** The form of rows that a task made of texts or images. */
    public static final Form OF_TASK = new Form(List.of(), List.of());

    /** The form of a caller's own rows: only rows of equal shape share a batch. */
    static Form of(List<Tensor> tensors, List<String> outputs) {
        return new Form(
                tensors.stream()
                        .map(tensor -> Arrays.stream(tensor.shape()).boxed().toList())
                        .toList(),
                outputs);
    }

    /** True if the rows are a caller's own, which the model may not take. */
    public boolean callers() {
        return !shapes.isEmpty();
    }
}
