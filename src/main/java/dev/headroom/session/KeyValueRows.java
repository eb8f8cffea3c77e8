package dev.headroom.session;

import dev.headroom.session.KeyValues.At;
import dev.headroom.session.KeyValues.Move;
import java.util.Arrays;
import java.util.List;

/**
 * The keys and values of a decoder's rows, and how many tokens each row has read. All rows begin at the left end of their memory, or
 * all end at the right one. The device's thread calls.
 */
final class KeyValueRows implements AutoCloseable {

    private final DecoderSession session;
    private final boolean right;
    private int[] lengths = {};
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
        return lengths.length;
    }

    /** Tokens of a row. */
    int length(int row) {
        return lengths[row];
    }

    /** Tokens of each row. */
    int[] lengths() {
        return lengths.clone();
    }

    /** Tokens of the longest row; 0 where there is none. */
    int longest() {
        int longest = 0;
        for (int length : lengths) {
            longest = Math.max(longest, length);
        }
        return longest;
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
        for (int row = 0; row < lengths.length; row++) {
            lengths[row]++;
        }
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
                    new At(lengths.length, first(all.capacity(), prompt.length)),
                    prompt.length);
            lengths = Arrays.copyOf(lengths, lengths.length + 1);
            lengths[lengths.length - 1] = prompt.length;
        } catch (IllegalStateException e) {
            throw RunFailures.classify(e);
        }
    }

    /** The place of a row's first token. */
    At first(int row) {
        return new At(row, first(all.capacity(), lengths[row]));
    }

    /**
     * Makes the only row a sequence that is none, in the memory that the row had.
     *
     * @throws RunFailedException when there was no room to give back what it does not need: no row is there then
     */
    Prompt detach() throws RunFailedException {
        reshape(1, lengths[0]);
        Prompt prompt = new Prompt(all);
        prompt.length = lengths[0];
        all = session.noKeyValues();
        lengths = new int[0];
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

    /** The place of a first token within its row. */
    private int first(int capacity, int length) {
        return right ? capacity - length : 0;
    }

    /** Ends a row, whose place the last one takes. */
    void leave(int row) {
        int last = lengths.length - 1;
        int length = lengths[last];
        lengths = Arrays.copyOf(lengths, last);
        if (row < last) {
            int first = first(all.capacity(), length);
            all.copy(all, new At(last, first), new At(row, first), length);
            lengths[row] = length;
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
                    Arrays.stream(lengths)
                            .mapToObj(
                                    length -> new Move(first(all.capacity(), length), first(capacity, length), length))
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
        lengths = new int[0];
    }

    @Override
    public void close() {
        all.close();
    }
}
