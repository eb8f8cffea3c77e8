package dev.headroom.session;

import dev.headroom.device.CudaCopies;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A batch and the bucket in which it runs on the device, where its inputs and then its outputs lie in one block.
 *
 * @param outputs take what the batch computes
 * @param padId the value that pads {@code input_ids}
 * @param buffers lends page-locked memory
 * @param kept what the run continues in its own place on the device: a decoder's keys and values
 * @param places where in the block each input begins, then each output, and the end
 */
record BucketBatch(
        List<BucketTensor> inputs,
        List<BucketTensor> outputs,
        long padId,
        BufferPool buffers,
        Optional<KeyValueView> kept,
        List<Long> places) {

    private static final long ALIGNMENT = 256;

    /** Lays the inputs and outputs out one behind the other. */
    BucketBatch(List<BucketTensor> inputs, List<BucketTensor> outputs, long padId, BufferPool buffers) {
        this(inputs, outputs, padId, buffers, Optional.empty());
    }

    /** A step of a decoder. */
    BucketBatch(List<BucketTensor> inputs, List<BucketTensor> outputs, BufferPool buffers, KeyValueView kept) {
        this(inputs, outputs, 0, buffers, Optional.of(kept));
    }

    private BucketBatch(
            List<BucketTensor> inputs,
            List<BucketTensor> outputs,
            long padId,
            BufferPool buffers,
            Optional<KeyValueView> kept) {
        this(inputs, outputs, padId, buffers, kept, new ArrayList<>(List.of(0L)));
        Stream.concat(inputs.stream(), outputs.stream())
                .forEach(tensor -> places.add((places.getLast() + tensor.bytes() + ALIGNMENT - 1) & -ALIGNMENT));
    }

    /** The same for batches of one bucket. */
    String key() {
        return inputs + " " + outputs + kept.map(view -> " " + view).orElse("");
    }

    /** True if every tensor of the batch fits in its place. */
    boolean fits() {
        return Stream.concat(inputs.stream(), outputs.stream()).allMatch(BucketTensor::fits);
    }

    /** Bytes of the block. */
    long bytes() {
        return places.getLast();
    }

    /** Binds the bucket's inputs and outputs to their places. */
    void bind(BoundShape shape, DeviceBlock block) {
        for (int i = 0; i < inputs.size(); i++) {
            shape.input(inputs.get(i), block.info(), at(block, places.get(i)));
        }
        for (int i = 0; i < outputs.size(); i++) {
            shape.output(outputs.get(i), block.info(), at(block, places.get(inputs.size() + i)));
        }
        kept.ifPresent(view -> view.bind(shape));
    }

    private static MemorySegment at(DeviceBlock block, long place) {
        return MemorySegment.ofAddress(block.start().address() + place);
    }

    /** Copies the inputs to the block in one piece. */
    void copyIn(long block) {
        ByteBuffer staged = buffers.take(places.get(inputs.size()));
        try {
            stage(staged);
            CudaCopies.toDevice(MemorySegment.ofBuffer(staged), block);
        } finally {
            buffers.give(staged);
        }
    }

    /** Writes the inputs, padded, as they lie in the block. */
    void stage(ByteBuffer to) {
        for (int i = 0; i < inputs.size(); i++) {
            BucketTensor input = inputs.get(i);
            input.fill(to.slice(Math.toIntExact(places.get(i)), Math.toIntExact(input.bytes())), padId);
        }
    }

    /** Copies from the block what belongs to the batch, without its padding. */
    void copyOut(long block) {
        for (int i = 0; i < outputs.size(); i++) {
            BucketTensor output = outputs.get(i);
            CudaCopies.toHost(block + places.get(inputs.size() + i), output.pitch(), output.rowBytes(), output.host());
        }
    }
}
