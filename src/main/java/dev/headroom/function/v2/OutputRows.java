package dev.headroom.function.v2;

import dev.headroom.function.body.JsonFields;
import dev.headroom.tensor.Datatype;
import dev.headroom.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/**
 * An output of a request: the answers to its rows, which no copy joins.
 *
 * @param name the model's name for it
 * @param rows at least one, all of one type and shape, without the batch dimension
 */
public record OutputRows(String name, List<Tensor> rows) {

    /**
     * An output of rows.
     *
     * @throws dev.headroom.request.RequestFailedException when they differ in shape
     */
    public OutputRows {
        long[] first = rows.getFirst().shape();
        for (int row = 1; row < rows.size(); row++) {
            if (!Arrays.equals(rows.get(row).shape(), first)) {
                throw JsonFields.invalid(
                        "The output '%s' has the shape %s for row 0 and %s for row %d, which make no tensor; send rows apart that the model answers unlike.",
                        name,
                        Arrays.toString(first),
                        Arrays.toString(rows.get(row).shape()),
                        row);
            }
        }
    }

    public Datatype datatype() {
        return rows.getFirst().datatype();
    }

    /** Its dimensions, the batch first. */
    public long[] shape() {
        return Tensor.batchShape(rows.size(), rows.getFirst().shape());
    }

    /** The bytes of all elements. */
    public long bytes() {
        long bytes = 0;
        for (Tensor row : rows) {
            bytes += row.bytes();
        }
        return bytes;
    }
}
