package dev.headroom.generation;

import dev.headroom.generation.PromptSchedule.Reading;
import dev.headroom.session.Decoder;
import dev.headroom.session.Prompt;
import dev.headroom.session.RunFailedException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** The sequences that a step continues, in the decoder's order, and the memory of their keys and values. One thread calls. */
final class Rows {

    private final Decoder decoder;
    private final CacheBudget budget;
    private final KeptSequences kept;
    private final List<Sequence> sequences = new ArrayList<>();

    /** Rows of so many tokens each. */
    record Shape(int rows, int tokens) {}

    /**
     * No row yet.
     *
     * @param kept has memory that rows take where they need it
     */
    Rows(Decoder decoder, CacheBudget budget, KeptSequences kept) {
        this.decoder = decoder;
        this.budget = budget;
        this.kept = kept;
    }

    boolean isEmpty() {
        return sequences.isEmpty();
    }

    int size() {
        return sequences.size();
    }

    /** The sequences as they are now. */
    List<Sequence> all() {
        return List.copyOf(sequences);
    }

    /** The tokens of the longest sequence; 0 where there is none. */
    int longest() {
        int longest = 0;
        for (Sequence sequence : sequences) {
            longest = Math.max(longest, sequence.length());
        }
        return longest;
    }

    /** True if a row of so many tokens runs by the graph's long rotary factors. */
    boolean isLong(int tokens) {
        return decoder.isLong(tokens);
    }

    /** True if they run by the graph's long rotary factors. */
    boolean areLong() {
        return !isEmpty() && decoder.isLong(decoder.length(0));
    }

    /** The rows that the graph's short rotary factors are not for any more, with the token that they read next; the last one first. */
    List<Integer> outgrown() {
        return IntStream.range(0, size())
                .map(row -> size() - 1 - row)
                .filter(row -> decoder.isLong(decoder.length(row) + 1) && !decoder.isLong(decoder.length(row)))
                .boxed()
                .toList();
    }

    /** The sequence of a row. */
    Sequence at(int row) {
        return sequences.get(row);
    }

    /** Bytes that they have, or take in a step. */
    long bytes() {
        return Math.max(decoder.heldBytes(), decoder.bytes(size(), longest()));
    }

    /** The token of each that the decoder has not read. */
    int[] nextTokens() {
        int[] next = new int[sequences.size()];
        for (int row = 0; row < next.length; row++) {
            next[row] = sequences.get(row).tokens().at(decoder.length(row));
        }
        return next;
    }

    /**
     * Has memory for rows of a shape, and for some more tokens of each: what is kept of others gives way to these, because rows that
     * grow are copied.
     *
     * @param othersBytes bytes of the prompts that are being read
     * @param alone true for a row beside which there is nothing: it always fits
     * @return false where the budget does not hold them beside the prompts
     * @throws RunFailedException when there is no room on the device: no row is there then
     */
    boolean makeRoom(Shape wanted, long othersBytes, boolean alone) throws RunFailedException {
        if (!alone && !budget.fits(wanted.rows, wanted.tokens, othersBytes)) {
            return false;
        }
        if (wanted.rows <= decoder.capacityRows() && wanted.tokens <= decoder.capacity()) {
            kept.shrinkTo(budget.keepable(decoder.bytes(wanted.rows, wanted.tokens) + othersBytes));
            return true;
        }
        int capacity = budget.capacity(wanted.rows, wanted.tokens, othersBytes);
        kept.shrinkTo(budget.keepable(decoder.bytes(wanted.rows, capacity) + othersBytes));
        decoder.reshape(budget.rows(wanted.rows, capacity, othersBytes + kept.bytes()), capacity);
        return true;
    }

    /**
     * Gives memory back that rows have and do not need, where a prompt of so many tokens needs it.
     *
     * @param promptBytes bytes of the prompts that are being read
     */
    void spare(int tokens, long promptBytes) throws RunFailedException {
        long held = decoder.heldBytes();
        if (held > decoder.bytes(size(), longest()) && !budget.fits(1, tokens, held + promptBytes)) {
            decoder.reshape(size(), longest());
        }
    }

    /**
     * Adds a sequence whose prompt has been read.
     *
     * @throws RunFailedException when there was no room: {@link #isTorn} then
     */
    void join(Reading read) throws RunFailedException {
        sequences.add(read.sequence());
        decoder.join(read.prompt());
    }

    /** Ends a row, whose place the last one takes. */
    void leave(int row) {
        decoder.leave(row);
        sequences.set(row, sequences.getLast());
        sequences.removeLast();
    }

    /**
     * Ends the only row.
     *
     * @return what was read of it
     * @throws RunFailedException when there was no room to give back what it does not need: it is gone then
     */
    Prompt detach() throws RunFailedException {
        sequences.clear();
        return decoder.detach();
    }

    /** Ends the rows that nobody waits for. */
    void sweep() {
        for (int row = size() - 1; row >= 0; row--) {
            if (sequences.get(row).isOver()) {
                leave(row);
            }
        }
    }

    /** Ends all rows, and gives their memory back. */
    void clear() {
        sequences.clear();
        decoder.clear();
    }

    /** True where a failure has cost the decoder its rows. */
    boolean isTorn() {
        return decoder.rows() != size();
    }
}
