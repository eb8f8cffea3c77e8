package dev.headroom.serving;

import java.util.List;
import java.util.function.ToLongFunction;

/**
 * The memory that a model takes of a device, its graphs together. Follows the plan in force and what is known of the model.
 *
 * @param graphs the one graph or the two
 */
record Footprint(List<ServedModel> graphs) {

    /** Bytes without a batch, as far as is known. */
    long baseBytes() {
        return sum(graph -> graph.demand().baseBytes());
    }

    /** Bytes that it holds of the first device now. */
    long heldBytes() {
        return sum(graph -> graph.sessions().heldBytes());
    }

    /** The most bytes that its batches may take, in all lanes together. */
    long batchBytes() {
        return most(graph -> {
            long each = graph.plan().memory().value() - graph.demand().baseBytes();
            return Math.max(0, each) * graph.plan().lanes().value();
        });
    }

    /** Bytes that must be there beside all models for a batch of one of its longest items in each lane. */
    long leastBatchBytes() {
        return most(ServedModel::leastBatchBytes);
    }

    private long sum(ToLongFunction<ServedModel> bytes) {
        return graphs.stream().mapToLong(bytes).sum();
    }

    private long most(ToLongFunction<ServedModel> bytes) {
        return graphs.stream().mapToLong(bytes).max().orElse(0);
    }
}
