package dev.headroom.tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * The properties that rows of one batch have in common.
 *
 * @param shapes the shapes of a row's tensors where only equal ones share a batch; empty for rows of a task that are
 *     padded to the longest
 * @param outputs the names of the outputs that are read; empty for the output that the task reads
 * @param callers true if the rows are a caller's own, which the model may not take
 * @param adapter the value of the graph's input {@code task_id}, which a batch has once
 */
public record Form(List<List<Long>> shapes, List<String> outputs, boolean callers, OptionalLong adapter) {

    /** The form of rows that a task made of texts or images. */
    public static final Form OF_TASK = new Form(List.of(), List.of(), false, OptionalLong.empty());

    /** The form of a caller's own rows: only rows of equal shape share a batch. */
    static Form of(List<Tensor> tensors, List<String> outputs) {
        List<List<Long>> shapes = new ArrayList<>(tensors.size());
        for (Tensor tensor : tensors) {
            List<Long> shape = new ArrayList<>(tensor.shape().length);
            for (long size : tensor.shape()) {
                shape.add(size);
            }
            shapes.add(shape);
        }
        return new Form(shapes, outputs, true, OptionalLong.empty());
    }

    /** The form of a task's rows that only share a batch with others of their length, because nothing masks padding. */
    public Form ofLength(long elements) {
        return new Form(List.of(List.of(elements)), outputs, callers, adapter);
    }

    /** The form of rows for one of the graph's adapters. */
    public Form with(OptionalLong otherAdapter) {
        return adapter.equals(otherAdapter) ? this : new Form(shapes, outputs, callers, otherAdapter);
    }

    /** The form of a task's rows of which another output is read. */
    Form reading(String output) {
        return new Form(shapes, List.of(output), callers, adapter);
    }
}
