package dev.headroom.function.v2;

import dev.headroom.function.body.ElementLimit;
import dev.headroom.function.body.JsonFields;

/**
 * The elements that a request's inputs may still hold together. They are counted before memory is allocated for them.
 */
public final class InputBudget {

    /** The most dimensions of a tensor in ONNX Runtime's Java API. */
    public static final int MOST_DIMENSIONS = 8;

    private static final long MOST_ELEMENTS = Integer.MAX_VALUE / Long.BYTES;

    private final long most;
    private long rest;

    /** A budget of so many elements. */
    public InputBudget(long mostElements) {
        most = Math.min(mostElements, MOST_ELEMENTS);
        rest = most;
    }

    /** The most elements that an array of a request may hold. */
    public ElementLimit mostElements() {
        return new ElementLimit(most, "headroom.input.max-elements");
    }

    /**
     * Takes the elements of a tensor of this shape.
     *
     * @param input the input that has the shape, for the error
     * @return the number of elements
     * @throws dev.headroom.request.RequestFailedException when the shape is invalid, or the budget holds fewer
     */
    public int take(String input, long[] shape) {
        if (shape.length == 0 || shape.length > MOST_DIMENSIONS) {
            throw JsonFields.invalid(
                    "%s.shape has %d dimensions; send 1 to %d, the first of which is the batch.",
                    input, shape.length, MOST_DIMENSIONS);
        }
        long elements = elements(input, shape);
        if (elements > rest) {
            throw JsonFields.tooLarge(
                    "The inputs up to %s.shape hold more than %d elements; send them in parts, or raise headroom.input.max-elements.",
                    input, most);
        }
        rest -= elements;
        return (int) elements;
    }

    /** The number of elements; a larger one than any budget where the product overflows it. */
    private long elements(String input, long[] shape) {
        long elements = 1;
        for (int d = 0; d < shape.length; d++) {
            if (shape[d] < 1) {
                throw JsonFields.invalid(
                        "%s.shape[%d] is %d; send a size of 1 or more, as a tensor without elements is not run.",
                        input, d, shape[d]);
            }
            elements = elements > most / shape[d] ? Long.MAX_VALUE : elements * shape[d];
        }
        return elements;
    }
}
