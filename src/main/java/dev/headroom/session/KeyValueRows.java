package dev.headroom.session;

import dev.headroom.session.Decoder.Prompt;
import dev.headroom.session.KeyValues.At;
import dev.headroom.session.KeyValues.Move;
import java.util.ArrayList;
import java.util.List;

/**
 * The keys and values of a decoder's rows, and how many tokens each row has read. All rows begin at the left end of their memory, or
 * all end at the right one. The device's thread calls.
 */
final class KeyValueRows implements AutoCloseable {

    private final DecoderSession session;
    private final boolean right;
    private final List<Integer> lengths = new ArrayList<>();
    private KeyValues all;

    /**
     * No rows, and no memory.
     *
     * @param right true if rows end at the right end of their memory
     */
    KeyValueRows(DecoderSession session, boolean right) {
        this.session = session;
        this.right = right;
        this.all = session.noKeyValues();
    }

    /** The number of rows. */
    int size() {
        return lengths.size();
    }

    /** Tokens of a row. */
    int length(int row) {
        return lengths.get(row);
    }

    /** Tokens of each row. */
    int[] lengths() {
        return lengths.stream().mapToInt(Integer::intValue).toArray();
    }

    /** Tokens of the longest row; 0 where there is none. */
    int longest() {
        return lengths.stream().mapToInt(Integer::intValue).max().orElse(0);
    }

    /** Their memory. */
    KeyValues memory() {
        return all;
    }

    /** Each row has read one more token, into this memory. */
    void stepped(KeyValues present) {
        if (present != all) {
            all.close();
            all = present;
        }
        lengths.replaceAll(length -> length + 1);
    }

    /**
     * Adds a row behind the others, for which there is memory; gives back that of the prompt.
     *
     * @throws RunFailedException when it could not be copied
     */
    void add(Prompt prompt) throws RunFailedException {
        try {
            all.copy(
                    prompt.all,
                    new At(0, first(prompt.all.capacity(), prompt.length)),
                    new At(lengths.size(), first(all.capacity(), prompt.length)),
                    prompt.length);
            lengths.add(prompt.length);
        } catch (IllegalStateException e) {
            throw RunFailures.classify(e);
        }
    }

    /**
     * Copies the first tokens of a row.
     *
     * @param prompt has room for them, and no token yet
     */
    void copy(int row, Prompt prompt, int tokens) {
        int first = first(all.capacity(), length(row));
        prompt.all.copy(all, new At(row, first), new At(0, 0), tokens);
        prompt.length = tokens;
    }

    /**
     * Makes the only row a sequence that is none, in the memory that the row had.
     *
     * @throws RunFailedException when there was no room to give back what it does not need: no row is there then
     */
    Prompt detach() throws RunFailedException {
        reshape(1, lengths.getFirst());
        Prompt prompt = new Prompt(all);
        prompt.length = lengths.getFirst();
        all = session.noKeyValues();
        lengths.clear();
        return prompt;
    }

    /**
     * Gives a sequence that is no row another capacity, and leaves it its first tokens alone.
     *
     * @throws RunFailedException when there is no room: its memory is given back then
     */
    static void cut(Prompt prompt, int tokens, int capacity) throws RunFailedException {
        try {
            prompt.all.reshape(1, capacity, List.of(new Move(0, 0, tokens)));
            prompt.length = tokens;
        } catch (IllegalStateException e) {
            throw RunFailures.classify(e);
        }
    }

    /** The place of a row's first token. */
    private int first(int capacity, int length) {
        return right ? capacity - length : 0;
    }

    /** Ends a row, whose place the last one takes. */
    void leave(int row) {
        int last = lengths.size() - 1;
        int length = lengths.remove(last);
        if (row < last) {
            int first = first(all.capacity(), length);
            all.copy(all, new At(last, first), new At(row, first), length);
            lengths.set(row, length);
        }
    }

    /**
     * Has memory for so many rows of so many tokens.
     *
     * @throws RunFailedException when there is no room: no row is there then
     */
    void reshape(int rows, int capacity) throws RunFailedException {
        if (rows == all.rows() && capacity == all.capacity()) {
            return;
        }
        try {
            all.reshape(
                    rows,
                    capacity,
                    lengths.stream()
                            .map(length -> new Move(first(all.capacity(), length), first(capacity, length), length))
                            .toList());
        } catch (IllegalStateException e) {
            clear();
            throw RunFailures.classify(e);
        }
    }

    /** Ends all rows, and gives their memory back. */
    void clear() {
        all.close();
        all = session.noKeyValues();
        lengths.clear();
    }

    @Override
    public void close() {
        all.close();
    }
}
