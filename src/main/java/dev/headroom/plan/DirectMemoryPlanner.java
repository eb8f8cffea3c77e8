package dev.headroom.plan;

import dev.headroom.device.Bytes;

/**
 * Derives the memory outside the heap for the inputs and outputs of batches, and how large a batch that memory allows: by default
 * it is as large as the heap, and no buffer is larger than 1 GiB.
 *
 * @param heapBytes the JVM's largest heap
 * @param running batches that run at a time
 */
record DirectMemoryPlanner(long heapBytes, long running, ModelDemand model) {

    /** A buffer is up to twice as large as its content. */
    private static final int BUFFER_ROUNDING = 2;

    /** While one batch runs, the output of the one before it is still being read. */
    private static final int BATCHES_OF_A_LANE = 2;

    private static final long LARGEST_BUFFER = 1L << 30;

    private static final long NETWORK_BYTES = 64L << 20;

    /** Bytes for the buffers of batches of so many padded elements; the sizes of buffers are powers of two. */
    Setting bytes(long elements) {
        long batchBytes = Long.highestOneBit(Math.max(1, elements * model.bytesPerElement()) * 2 - 1);
        long batches = BATCHES_OF_A_LANE * running;
        String reason = "%d x %s for a batch's inputs and outputs, and 64 MiB for the network"
                .formatted(batches, Bytes.text(batchBytes));
        return Setting.derived(batches * batchBytes + NETWORK_BYTES, "bytes", reason);
    }

    /** The padded elements of a batch, lowered to what the memory holds. */
    Setting elements(Setting wanted) {
        return wanted.source() == Source.SET || wanted.value() <= mostElements()
                ? wanted
                : Setting.derived(
                        mostElements(),
                        wanted.unit(),
                        "inputs and outputs of all batches fit into the JVM's direct memory, by default as large as"
                                + " its heap, "
                                + Bytes.text(heapBytes));
    }

    /** The most padded elements that the memory holds; those of one item at least. */
    long mostElements() {
        long buffers = BUFFER_ROUNDING * BATCHES_OF_A_LANE * running;
        long most = Math.min(heapBytes / buffers, LARGEST_BUFFER) / Math.max(1, model.bytesPerElement());
        return Math.max(most, model.elementsPerItem());
    }
}
