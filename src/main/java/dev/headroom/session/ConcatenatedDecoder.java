package dev.headroom.session;

import dev.headroom.model.DecoderGraph;
import dev.headroom.session.KeyValues.At;
import dev.headroom.session.KeyValues.Move;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A decoder whose graph returns the old keys and values with the new ones behind them, in other memory. All rows end at the
 * right end, so that each step is one wider than the longest row.
 */
final class ConcatenatedDecoder implements Decoder {

    /** Width that nobody needs any more is given back once it is a quarter, and so many tokens. */
    private static final int MOST_SPARE = 32;

    private final DecoderSession session;
    private final boolean inParts;
    private final List<Integer> lengths = new ArrayList<>();
    private KeyValues all;

    ConcatenatedDecoder(DecoderSession session, DecoderGraph graph) {
        this.session = session;
        this.inParts = graph.inputs().useCache().isEmpty();
        this.all = session.keyValues(0, 0);
    }

    /** {@inheritDoc} Merged exports read a prompt by a graph without keys and values, and then token by token. */
    @Override
    public boolean readsInParts() {
        return inParts;
    }

    /** {@inheritDoc} Old and new ones are there at a time. */
    @Override
    public long bytes(long rows, long capacity) {
        return rows * (2 * capacity - 1) * session.bytesPerToken();
    }

    @Override
    public long heldBytes() {
        return all.bytes();
    }

    @Override
    public int rows() {
        return lengths.size();
    }

    @Override
    public int length(int row) {
        return lengths.get(row);
    }

    @Override
    public Prompt begin(int capacity) {
        return new Prompt(session.keyValues(1, 0));
    }

    @Override
    public Logits read(Prompt prompt, int[] tokens) throws RunFailedException {
        long[] ids = Arrays.stream(tokens).asLongStream().toArray();
        int past = prompt.all.capacity();
        KeyValues present = keyValues(1, past + tokens.length);
        Logits logits = run(DecoderInput.leftPadded(ids, 1, new int[] {prompt.length}, past), prompt.all, present);
        prompt.all.close();
        prompt.all = present;
        prompt.length += tokens.length;
        return logits;
    }

    private KeyValues keyValues(int rows, int capacity) throws RunFailedException {
        try {
            return session.keyValues(rows, capacity);
        } catch (IllegalStateException e) {
            throw RunFailures.classify(e);
        }
    }

    private Logits run(DecoderInput input, KeyValues past, KeyValues present) throws RunFailedException {
        try (KeyValueView in = session.view(past, input.rows());
                KeyValueView out = session.view(present, input.rows())) {
            return session.run(input, in, out);
        } catch (RunFailedException | RuntimeException e) {
            present.close();
            throw e;
        }
    }

    @Override
    public void drop(Prompt prompt) {
        prompt.all.close();
    }

    @Override
    public void join(Prompt prompt) throws RunFailedException {
        int row = lengths.size();
        try {
            reshape(row + 1, Math.max(longest(), prompt.length));
            all.copy(
                    prompt.all,
                    new At(0, prompt.all.capacity() - prompt.length),
                    new At(row, all.capacity() - prompt.length),
                    prompt.length);
            lengths.add(prompt.length);
        } catch (IllegalStateException e) {
            throw RunFailures.classify(e);
        } finally {
            prompt.all.close();
        }
    }

    private int longest() {
        return lengths.stream().mapToInt(Integer::intValue).max().orElse(0);
    }

    @Override
    public void leave(int row) {
        int last = lengths.size() - 1;
        int length = lengths.remove(last);
        if (row < last) {
            int first = all.capacity() - length;
            all.copy(all, new At(last, first), new At(row, first), length);
            lengths.set(row, length);
        }
    }

    @Override
    public void reshape(int rows, int capacity) throws RunFailedException {
        if (rows == all.rows() && capacity == all.capacity()) {
            return;
        }
        try {
            all.reshape(
                    rows,
                    capacity,
                    lengths.stream()
                            .map(length -> new Move(all.capacity() - length, capacity - length, length))
                            .toList());
        } catch (IllegalStateException e) {
            clear();
            throw RunFailures.classify(e);
        }
    }

    /** {@inheritDoc} Each step takes what it needs. */
    @Override
    public int capacityRows() {
        return Integer.MAX_VALUE;
    }

    /** {@inheritDoc} Each step takes what it needs. */
    @Override
    public int capacity() {
        return Integer.MAX_VALUE;
    }

    @Override
    public Logits step(int[] tokens) throws RunFailedException {
        int longest = longest();
        if (all.capacity() - longest > Math.max(MOST_SPARE, longest / 4)) {
            reshape(lengths.size(), longest);
        }
        long[] next = Arrays.stream(tokens).asLongStream().toArray();
        int[] read = lengths.stream().mapToInt(Integer::intValue).toArray();
        KeyValues present = keyValues(tokens.length, all.capacity() + 1);
        Logits logits = run(DecoderInput.leftPadded(next, tokens.length, read, all.capacity()), all, present);
        all.close();
        all = present;
        lengths.replaceAll(length -> length + 1);
        return logits;
    }

    @Override
    public void shrink() {
        session.shrink(this);
    }

    @Override
    public void clear() {
        all.close();
        all = session.keyValues(0, 0);
        lengths.clear();
    }

    @Override
    public void close() {
        all.close();
        session.close();
    }
}
