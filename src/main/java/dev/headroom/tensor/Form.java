package dev.headroom.tensor;

import java.util.Arrays;
import java.util.List;

/**
 * What rows have to have in common to share a batch.
 *
 * @param shapes the shapes of a row's tensors; empty for rows that a task made, whose vectors are padded to the longest
 * @param outputs the outputs that are asked for; empty: the one that the task reads
 */
public record Form(List<List<Long>> shapes, List<String> outputs) {

    /** Of rows that a task made of texts or images. */
    public static final Form OF_TASK = new Form(List.of(), List.of());

    /** Of rows that a caller gave as they are: only those of equal shape share a batch. */
    static Form of(List<Tensor> tensors, List<String> outputs) {
        return new Form(
                tensors.stream()
                        .map(tensor -> Arrays.stream(tensor.shape()).boxed().toList())
                        .toList(),
                outputs);
    }

    /** Whether the rows are a caller's own, who is told where the model does not take them. */
    public boolean callers() {
        return !shapes.isEmpty();
    }
}
