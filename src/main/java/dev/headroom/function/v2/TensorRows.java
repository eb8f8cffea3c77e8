package dev.headroom.function.v2;

import dev.headroom.function.body.JsonFields;
import dev.headroom.function.v2.json.V2JsonValues;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Takes tensors apart along their first dimension, and puts them together again. */
final class TensorRows {

    private TensorRows() {}

    /**
     * How many rows inputs hold.
     *
     * @throws dev.headroom.request.RequestFailedException when they do not all hold as many
     */
    static int count(List<InferenceTensor> inputs) {
        InferenceTensor first = inputs.getFirst();
        long rows = first.shape()[0];
        for (InferenceTensor input : inputs) {
            if (input.shape()[0] != rows) {
                throw JsonFields.invalid(
                        "The input '%s' has %d rows and '%s' has %d; the first dimension of all inputs is the batch, and the same.",
                        first.name(), rows, input.name(), input.shape()[0]);
            }
        }
        return Math.toIntExact(rows);
    }

    /** Inputs of so many rows taken apart: the rows, each with its part of every input, without the first dimension. */
    static List<List<InferenceTensor>> split(List<InferenceTensor> inputs) {
        long rows = inputs.getFirst().shape()[0];
        List<List<InferenceTensor>> columns =
                inputs.stream().map(TensorRows::rows).toList();
        return IntStream.range(0, (int) rows)
                .mapToObj(row -> columns.stream().map(column -> column.get(row)).toList())
                .toList();
    }

    private static List<InferenceTensor> rows(InferenceTensor tensor) {
        long[] shape = Arrays.copyOfRange(tensor.shape(), 1, tensor.shape().length);
        List<InferenceTensor> rows = new ArrayList<>();
        int elements = tensor.rowElements();
        int from = 0;
        for (int row = 0; row < tensor.shape()[0]; row++) {
            int to = end(tensor, from, elements);
            ByteBuffer part = tensor.data().slice(from, to - from);
            rows.add(new InferenceTensor(tensor.name(), tensor.datatype(), shape, part));
            from = to;
        }
        return rows;
    }

    /** Where so many elements from there on end. */
    private static int end(InferenceTensor tensor, int from, int elements) {
        if (tensor.datatype() != Datatype.BYTES) {
            return from + elements * tensor.datatype().size;
        }
        ByteBuffer rest = tensor.data().duplicate().order(tensor.data().order());
        rest.position(from);
        for (int i = 0; i < elements; i++) {
            RawValues.skip(rest);
        }
        return rest.position();
    }

    /**
     * Puts outputs together.
     *
     * @param rows the rows, each with its part of every output, without the first dimension
     * @throws dev.headroom.request.RequestFailedException when the rows of an output have unlike shapes
     */
    static List<InferenceTensor> join(List<List<InferenceTensor>> rows) {
        return IntStream.range(0, rows.getFirst().size())
                .mapToObj(output ->
                        joined(rows.stream().map(row -> row.get(output)).toList()))
                .toList();
    }

    private static InferenceTensor joined(List<InferenceTensor> rows) {
        InferenceTensor first = rows.getFirst();
        int bytes = 0;
        for (int row = 0; row < rows.size(); row++) {
            checkAlike(first, row, rows.get(row));
            bytes = Math.addExact(bytes, rows.get(row).data().remaining());
        }
        ByteBuffer data = V2JsonValues.buffer(bytes);
        rows.forEach(row -> data.put(row.data().duplicate()));
        return new InferenceTensor(first.name(), first.datatype(), batch(rows.size(), first.shape()), data.flip());
    }

    private static void checkAlike(InferenceTensor first, int index, InferenceTensor row) {
        if (!Arrays.equals(row.shape(), first.shape())) {
            throw JsonFields.invalid(
                    "The output '%s' has the shape %s for row 0 and %s for row %d, which make no tensor; send rows apart that the model answers unlike.",
                    first.name(), Arrays.toString(first.shape()), Arrays.toString(row.shape()), index);
        }
    }

    private static long[] batch(int rows, long[] shape) {
        return Stream.of(new long[] {rows}, shape).flatMapToLong(Arrays::stream).toArray();
    }
}
