package dev.headroom.session;

import dev.headroom.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * An input or output of a batch, and the larger shape that its place on the device has: a bucket, in which batches of several
 * sizes run. Only the first two dimensions of both differ.
 *
 * @param node the input or output
 * @param shape its shape in the batch
 * @param bucket the shape of its place
 * @param host its values, or the memory that takes them
 */
record BucketTensor(SessionPort node, long[] shape, long[] bucket, MemorySegment host) {

    /** Up to here each size is a bucket of its own. */
    private static final long SMALL = 8;

    /** The least bucket that holds so many: four for each doubling, as the batches' own sizes. */
    static long up(long count) {
        if (count <= SMALL) {
            return count;
        }
        long step = Long.highestOneBit(count - 1) / 4;
        return (count + step - 1) / step * step;
    }

    /**
     * The shapes of the buckets of a batch's inputs.
     *
     * @param longest the length up to which rows may be padded; 0 where nothing masks padding
     */
    static List<long[]> up(List<SessionPort> inputs, List<long[]> shapes, long longest) {
        return IntStream.range(0, shapes.size())
                .mapToObj(i -> {
                    long[] bucket = shapes.get(i).clone();
                    bucket[0] = up(bucket[0]);
                    boolean open = bucket.length == 2 && inputs.get(i).info().getShape()[1] < 0;
                    if (open && bucket[1] < longest) {
                        bucket[1] = Math.min(up(bucket[1]), longest);
                    }
                    return bucket;
                })
                .toList();
    }

    /** True if the shapes differ in the first two dimensions alone, so that the batch's rows are beginnings of the bucket's. */
    boolean fits() {
        return shape.length == bucket.length
                && IntStream.range(0, shape.length)
                        .allMatch(d -> d < 2 ? shape[d] <= bucket[d] : shape[d] == bucket[d]);
    }

    /** Bytes of the place on the device. */
    long bytes() {
        return bucket[0] * pitch();
    }

    /** Bytes of a row in the batch. */
    long rowBytes() {
        return shape[0] == 0 ? 0 : host.byteSize() / shape[0];
    }

    /** Bytes of a row on the device. */
    long pitch() {
        return Tensor.elements(bucket) / bucket[0] * node.datatype().bytes;
    }

    /**
     * Writes the values as the device takes them: each row padded at its end, and behind the rows the last one again, which is
     * computed in vain. A row of padding alone might be one that the model cannot compute.
     *
     * @param to as many bytes as the place has
     * @param padId the value that pads {@code input_ids}; every other input is padded with 0
     */
    void fill(ByteBuffer to, long padId) {
        int pitch = Math.toIntExact(pitch());
        int rowBytes = Math.toIntExact(rowBytes());
        long pad = Collation.padding(node.name(), padId);
        for (int row = 0; row < bucket[0]; row++) {
            long from = Math.min(row, shape[0] - 1) * rowBytes;
            MemorySegment place = MemorySegment.ofBuffer(to).asSlice((long) row * pitch, rowBytes);
            place.copyFrom(host.asSlice(from, rowBytes));
            Collation.pad(to.slice(row * pitch + rowBytes, pitch - rowBytes), pad, node.datatype());
        }
    }

    /** The name and the bucket's shape. */
    @Override
    public String toString() {
        return node.name() + Arrays.toString(bucket);
    }
}
