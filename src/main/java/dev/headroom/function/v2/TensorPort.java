package dev.headroom.function.v2;

import dev.headroom.function.body.JsonFields;
import dev.headroom.tensor.Tensor;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.Arrays;

/**
 * An input or output of a model.
 *
 * @param name the graph's name for it
 * @param datatype the type of its elements
 * @param shape its dimensions, an open one being -1; the first is the batch
 */
@RegisterForReflection
public record TensorPort(String name, Datatype datatype, long[] shape) {

    /**
     * Checks that a tensor is one for this port.
     *
     * @throws dev.headroom.request.RequestFailedException when its type or one of its dimensions is another, or what should be a text is none
     */
    void check(InferenceTensor tensor) {
        if (tensor.datatype() != datatype) {
            throw JsonFields.invalid("The input '%s' is of %s; the model takes %s.", name, tensor.datatype(), datatype);
        }
        if (datatype == Datatype.BYTES) {
            Texts.check(tensor);
        }
        if (!fits(tensor.shape())) {
            throw JsonFields.invalid(
                    "The input '%s' has the shape %s; the model takes %s, where -1 is any size.",
                    name, Arrays.toString(tensor.shape()), Arrays.toString(shape));
        }
    }

    /** A row of this output. */
    InferenceTensor holding(Tensor values) {
        return new InferenceTensor(
                name,
                datatype,
                values.shape(),
                values.data().slice(0, values.data().limit()));
    }

    private boolean fits(long[] sizes) {
        if (sizes.length != shape.length) {
            return false;
        }
        for (int d = 0; d < sizes.length; d++) {
            if (shape[d] >= 0 && shape[d] != sizes[d]) {
                return false;
            }
        }
        return true;
    }
}
