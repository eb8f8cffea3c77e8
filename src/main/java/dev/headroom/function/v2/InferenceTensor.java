package dev.headroom.function.v2;

import dev.headroom.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A tensor as it crosses the wire.
 *
 * @param name the model's name for it
 * @param datatype the type of its elements
 * @param shape its dimensions, the first of which is the batch
 * @param data the elements from position 0 to the limit, row-major and little-endian; an element of BYTES follows its
 *     length of four bytes
 */
public record InferenceTensor(String name, Datatype datatype, long[] shape, ByteBuffer data) {

    public InferenceTensor {
        data = data.slice().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** The same as a model takes it. */
    Tensor toModel() {
        return new Tensor(datatype.javaType, shape, data);
    }

    /** How many elements it holds. */
    int elements() {
        return elements(shape, 0);
    }

    /** How many elements each of its rows holds. */
    int rowElements() {
        return elements(shape, 1);
    }

    private static int elements(long[] shape, int from) {
        long elements = 1;
        for (int d = from; d < shape.length; d++) {
            elements = Math.multiplyExact(elements, shape[d]);
        }
        return Math.toIntExact(elements);
    }
}
