package dev.headroom.session;

import dev.headroom.model.DecoderGraph;
import dev.headroom.model.ModelSpec;
import dev.headroom.model.TaskSpec;

/**
 * A model that continues sequences, and the keys and values of those that it has read. Those whose next tokens are wanted are
 * its rows, one behind the other; a sequence that is still being read is a {@link Prompt} beside them. The device's thread calls.
 */
public sealed interface Decoder extends AutoCloseable permits SharedDecoder, ConcatenatedDecoder {

    /**
     * Loads a model.
     *
     * @throws dev.headroom.model.BrokenModelException when ONNX Runtime cannot load the graph
     */
    static Decoder open(ModelSpec spec, ExecutionProvider provider) {
        DecoderGraph graph = ((TaskSpec.Generate) spec.task()).graph();
        DecoderSession session = new DecoderSession(spec, graph, provider);
        return graph.shared() ? new SharedDecoder(session) : new ConcatenatedDecoder(session, graph);
    }

    /** A sequence that is being read. */
    final class Prompt {

        KeyValues all;
        int length;

        /** Holds no token yet. */
        Prompt(KeyValues all) {
            this.all = all;
        }

        /** Tokens that have been read. */
        public int length() {
            return length;
        }
    }

    /** True if a prompt may be read in parts. */
    boolean readsInParts();

    /** The most bytes that so many rows of so many tokens take, while a step of theirs runs. */
    long bytes(long rows, long capacity);

    /** Bytes that keys and values hold now. */
    long heldBytes();

    /** The number of rows. */
    int rows();

    /** Tokens of a row. */
    int length(int row);

    /**
     * Takes memory for a sequence.
     *
     * @param capacity the most tokens of it before it becomes a row
     * @throws RunFailedException when there is no room
     */
    Prompt begin(int capacity) throws RunFailedException;

    /**
     * Reads more of a sequence.
     *
     * @return the scores after the last of these tokens
     * @throws RunFailedException when the device did not run them; the sequence is as before
     */
    Logits read(Prompt prompt, int[] tokens) throws RunFailedException;

    /** Gives back the memory of a sequence that does not become a row. */
    void drop(Prompt prompt);

    /**
     * Makes a sequence that has been read the last row; its memory is then the rows'.
     *
     * @throws RunFailedException when there is no room: neither it nor any row is there then
     */
    void join(Prompt prompt) throws RunFailedException;

    /** Ends a row, whose place the last one takes. */
    void leave(int row);

    /**
     * Has memory for rows, so that steps do not take more.
     *
     * @param rows at least those that are there
     * @param capacity at least the tokens of the longest row
     * @throws RunFailedException when there is no room: no row is there then
     */
    void reshape(int rows, int capacity) throws RunFailedException;

    /** Rows that there is memory for. */
    int capacityRows();

    /** Tokens of each row that there is memory for. */
    int capacity();

    /**
     * Reads one more token of each row.
     *
     * @return the scores after them, in the order of the rows
     * @throws RunFailedException when the device did not run them; the rows are as before
     */
    Logits step(int[] tokens) throws RunFailedException;

    /** Has the device's arena give back what it does not use. Never fails. */
    void shrink();

    /** Ends all rows, and gives their memory back. */
    void clear();

    @Override
    void close();
}
