package dev.headroom.function.v2;

import dev.headroom.function.body.JsonFields;
import dev.headroom.tensor.BrainFloat;
import dev.headroom.tensor.Datatype;
import dev.headroom.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The highest values of a row of an output, as {@code value:index[:label]}.
 *
 * @param labels the labels of the model's classes; empty where it has none
 */
record Classification(Datatype datatype, ByteBuffer scores, List<String> labels) {

    /**
     * Replaces an output by its highest values.
     *
     * @param most how many of each row; all where it has no more
     * @param labels the labels of the model's classes; empty where it has none
     * @throws dev.headroom.request.RequestFailedException when the output holds no numbers
     */
    static OutputRows of(OutputRows scores, int most, List<String> labels) {
        if (scores.datatype() == Datatype.BOOL || scores.datatype() == Datatype.BYTES) {
            throw JsonFields.invalid(
                    "The output '%s' is of %s, which has no highest values; leave the parameter classification out.",
                    scores.name(), scores.datatype());
        }
        return new OutputRows(
                scores.name(),
                scores.rows().stream()
                        .map(row -> new Classification(row.datatype(), row.data(), labels).highest(most))
                        .toList());
    }

    private Tensor highest(int most) {
        List<String> texts = IntStream.range(0, scores.limit() / datatype.bytes)
                .boxed()
                .sorted(Comparator.comparing(this::number, Classification::highestFirst))
                .limit(most)
                .map(this::text)
                .toList();
        return Tensor.ofTexts(new long[] {texts.size()}, texts);
    }

    /** NaN comes last. */
    private static int highestFirst(Number a, Number b) {
        if (a instanceof Long first && b instanceof Long second) {
            return Long.compare(second, first);
        }
        double first = a.doubleValue();
        double second = b.doubleValue();
        return Double.isNaN(first) || Double.isNaN(second)
                ? Boolean.compare(Double.isNaN(first), Double.isNaN(second))
                : Double.compare(second, first);
    }

    private String text(int index) {
        Number value = number(index);
        String shown = datatype == Datatype.UINT64
                ? Long.toUnsignedString(value.longValue() ^ Long.MIN_VALUE)
                : value.toString();
        return shown + ":" + index + (index < labels.size() ? ":" + labels.get(index) : "");
    }

    /** A long, a float or a double; of UINT64 a long that compares like it. */
    private Number number(int element) {
        int at = element * datatype.bytes;
        return switch (datatype) {
            case UINT8 -> (long) (scores.get(at) & 0xFF);
            case INT8 -> (long) scores.get(at);
            case UINT16 -> (long) Short.toUnsignedInt(scores.getShort(at));
            case INT16 -> (long) scores.getShort(at);
            case UINT32 -> Integer.toUnsignedLong(scores.getInt(at));
            case INT32 -> (long) scores.getInt(at);
            case UINT64 -> scores.getLong(at) ^ Long.MIN_VALUE;
            case INT64 -> scores.getLong(at);
            case FP16 -> Float.float16ToFloat(scores.getShort(at));
            case BF16 -> BrainFloat.toFloat(scores.getShort(at));
            case FP32 -> scores.getFloat(at);
            case FP64 -> scores.getDouble(at);
            case BOOL, BYTES -> throw new IllegalStateException("No numbers: " + datatype);
        };
    }
}
