package dev.headroom.function.v2;

import dev.headroom.function.body.JsonFields;
import dev.headroom.function.v2.json.BrainFloat;
import dev.headroom.function.v2.json.V2JsonValues;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** The highest values of each row of an output, as {@code value:index[:label]}. */
final class Classification {

    private final InferenceTensor scores;
    private final List<String> labels;

    private Classification(InferenceTensor scores, List<String> labels) {
        this.scores = scores;
        this.labels = labels;
    }

    /**
     * Replaces an output by its highest values.
     *
     * @param most how many of each row; all where it has no more
     * @param labels the labels of the model's classes; empty where it has none
     * @throws dev.headroom.request.RequestFailedException when the output holds no numbers
     */
    static InferenceTensor of(InferenceTensor scores, int most, List<String> labels) {
        if (scores.datatype() == Datatype.BOOL || scores.datatype() == Datatype.BYTES) {
            throw JsonFields.invalid(
                    "The output '%s' is of %s, which has no highest values; leave the parameter classification out.",
                    scores.name(), scores.datatype());
        }
        return new Classification(scores, labels).highest(most);
    }

    private InferenceTensor highest(int most) {
        int rows = Math.toIntExact(scores.shape()[0]);
        int classes = scores.rowElements();
        int count = Math.min(most, classes);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int row = 0; row < rows; row++) {
            int first = row * classes;
            IntStream.range(0, classes)
                    .boxed()
                    .sorted(Comparator.comparing(index -> number(first + index), Classification::highestFirst))
                    .limit(count)
                    .map(index -> text(first, index))
                    .forEach(all::writeBytes);
        }
        return new InferenceTensor(
                scores.name(), Datatype.BYTES, new long[] {rows, count}, ByteBuffer.wrap(all.toByteArray()));
    }

    /** What is no number comes last. */
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

    private byte[] text(int first, int index) {
        String label = index < labels.size() ? ":" + labels.get(index) : "";
        byte[] text = (shown(first + index) + ":" + index + label).getBytes(StandardCharsets.UTF_8);
        return V2JsonValues.buffer(Integer.BYTES + text.length)
                .putInt(text.length)
                .put(text)
                .array();
    }

    private String shown(int element) {
        Number value = number(element);
        return scores.datatype() == Datatype.UINT64
                ? Long.toUnsignedString(value.longValue() ^ Long.MIN_VALUE)
                : value.toString();
    }

    /** A long, a float or a double; of UINT64 a long that compares like it. */
    private Number number(int element) {
        ByteBuffer data = scores.data();
        int at = element * scores.datatype().size;
        return switch (scores.datatype()) {
            case UINT8 -> (long) (data.get(at) & 0xFF);
            case INT8 -> (long) data.get(at);
            case UINT16 -> (long) Short.toUnsignedInt(data.getShort(at));
            case INT16 -> (long) data.getShort(at);
            case UINT32 -> Integer.toUnsignedLong(data.getInt(at));
            case INT32 -> (long) data.getInt(at);
            case UINT64 -> data.getLong(at) ^ Long.MIN_VALUE;
            case INT64 -> data.getLong(at);
            case FP16 -> Float.float16ToFloat(data.getShort(at));
            case BF16 -> BrainFloat.toFloat(data.getShort(at));
            case FP32 -> data.getFloat(at);
            case FP64 -> data.getDouble(at);
            case BOOL, BYTES -> throw new IllegalStateException("No numbers: " + scores.datatype());
        };
    }
}
