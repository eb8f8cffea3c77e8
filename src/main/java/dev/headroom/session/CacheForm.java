package dev.headroom.session;

import dev.headroom.model.TaskSpec;
import dev.headroom.model.onnx.DecoderGraph;

/** How a graph keeps keys and values: {@link Decoder} has the meaning of each method. The device's thread calls. */
sealed interface CacheForm permits SharedCache, ConcatenatedCache {

    /** The form that a graph has. */
    static CacheForm of(TaskSpec.Generate task, DecoderSession session, KeyValueRows rows) {
        DecoderGraph graph = task.graph();
        boolean inParts = graph.inputs().useCache().isEmpty();
        return graph.shared()
                ? new SharedCache(graph, session, rows)
                : new ConcatenatedCache(session, rows, inParts, task.text().maxLength());
    }

    boolean readsInParts();

    long bytes(long rows, long capacity);

    Prompt begin(int capacity) throws RunFailedException;

    /** Has memory for the first tokens of a sequence, which are copied into it next. */
    void makeRoom(Prompt prompt, int tokens) throws RunFailedException;

    /** Gives a sequence another capacity; it has its first tokens alone then. */
    void cut(Prompt prompt, int tokens, int capacity) throws RunFailedException;

    Logits read(Prompt prompt, int[] tokens, int whole) throws RunFailedException;

    /** Has memory for another row, which this prompt becomes. */
    void makeRoom(Prompt prompt) throws RunFailedException;

    void reshape(int rows, int capacity) throws RunFailedException;

    int capacityRows();

    int capacity();

    Logits step(int[] tokens) throws RunFailedException;

    /** Keeps nothing that refers to the rows' memory, which is about to be given back. */
    void forget();
}
