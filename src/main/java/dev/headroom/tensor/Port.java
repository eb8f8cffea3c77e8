package dev.headroom.tensor;

import java.util.Arrays;

/**
 * An input or output of a model's graph.
 *
 * @param name its name in the graph
 * @param datatype the type of its elements
 * @param shape its dimensions, the batch dimension first, an open one being -1
 */
public record Port(String name, Datatype datatype, long[] shape) {

    /** True if a tensor of this shape has these dimensions. */
    public boolean takes(long[] sizes) {
        boolean takes = sizes.length == shape.length;
        for (int d = 0; takes && d < sizes.length; d++) {
            takes = shape[d] < 0 || shape[d] == sizes[d];
        }
        return takes;
    }

    /** A row of zeros, each open dimension being 1. */
    public Tensor zeros() {
        return Tensor.zeros(
                datatype,
                Arrays.stream(shape).skip(1).map(size -> Math.max(1, size)).toArray());
    }
}
