package dev.headroom.session;

import dev.headroom.tensor.Form;
import dev.headroom.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.stream.LongStream;

/**
 * An input of a text model that a batch has once, whatever its rows: the places of the tokens, the flag of a graph that
 * can read a cache, or the number of the task that the model is adapted to.
 */
record OnceForBatch(SessionPort node) {

    private static final String PLACES = "cache_position";
    private static final String FLAG = "use_cache_branch";
    private static final String ADAPTER = "task_id";

    /** True if an input is one of these. */
    static boolean is(SessionPort input) {
        long[] shape = input.info().getShape();
        return switch (input.name()) {
            case PLACES -> shape.length == 1;
            case FLAG, ADAPTER -> shape.length == 0 || shape.length == 1 && shape[0] == 1;
            default -> false;
        };
    }

    /**
     * Its value for a batch.
     *
     * @param form the form of the batch's rows
     * @param longest elements of the longest row
     * @throws IllegalArgumentException when only the caller could know it
     */
    Tensor value(Form form, long longest) {
        return switch (node.name()) {
            case PLACES ->
                Tensor.integers(node.datatype(), LongStream.range(0, longest).toArray());
            case ADAPTER -> scalar(Tensor.integers(node.datatype(), new long[] {adapter(form)}));
            default -> Tensor.zeros(node.datatype(), node.info().getShape());
        };
    }

    private static long adapter(Form form) {
        return form.adapter()
                .orElseThrow(() -> new IllegalArgumentException(
                        "the input task_id is set by the prompt_name of a text, and not with tensors"));
    }

    private Tensor scalar(Tensor value) {
        ByteBuffer data = value.data();
        return new Tensor(value.datatype(), node.info().getShape(), data);
    }
}
