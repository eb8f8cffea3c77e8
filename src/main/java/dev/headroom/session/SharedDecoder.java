package dev.headroom.session;

import dev.headroom.session.KeyValues.At;
import dev.headroom.session.KeyValues.Move;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/**
 * A decoder whose graph writes new keys and values behind the old ones, in the same memory. Rows have one capacity, and each
 * begins at its left end.
 */
final class SharedDecoder implements Decoder {

    private final DecoderSession session;
    private final List<Integer> lengths = new ArrayList<>();
    private final Map<Integer, KeyValueView> views = new HashMap<>(); // by the number of rows
    private KeyValues all;

    SharedDecoder(DecoderSession session) {
        this.session = session;
        this.all = session.keyValues(0, 0);
    }

    @Override
    public boolean readsInParts() {
        return true;
    }

    @Override
    public long bytes(long rows, long capacity) {
        return rows * capacity * session.bytesPerToken();
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
    public Prompt begin(int capacity) throws RunFailedException {
        try {
            return new Prompt(session.keyValues(1, capacity));
        } catch (IllegalStateException e) {
            throw RunFailures.classify(e);
        }
    }

    @Override
    public Logits read(Prompt prompt, int[] tokens) throws RunFailedException {
        int[] read = {prompt.length};
        try (KeyValueView view = session.view(prompt.all, 1)) {
            Logits logits = session.run(DecoderInput.rightPadded(longs(tokens), 1, read), view, view);
            prompt.length += tokens.length;
            return logits;
        }
    }

    private static long[] longs(int[] tokens) {
        return Arrays.stream(tokens).asLongStream().toArray();
    }

    @Override
    public void drop(Prompt prompt) {
        prompt.all.close();
    }

    @Override
    public void join(Prompt prompt) throws RunFailedException {
        try {
            if (lengths.size() == all.rows() || prompt.length >= all.capacity()) {
                reshape(Math.max(lengths.size() + 1, all.rows()), Math.max(all.capacity(), prompt.all.capacity()));
            }
            all.copy(prompt.all, new At(0, 0), new At(lengths.size(), 0), prompt.length);
            lengths.add(prompt.length);
        } catch (IllegalStateException e) {
            throw RunFailures.classify(e);
        } finally {
            prompt.all.close();
        }
    }

    @Override
    public void leave(int row) {
        int last = lengths.size() - 1;
        int length = lengths.remove(last);
        if (row < last) {
            all.copy(all, new At(last, 0), new At(row, 0), length);
            lengths.set(row, length);
        }
    }

    @Override
    public void reshape(int rows, int capacity) throws RunFailedException {
        if (rows == all.rows() && capacity == all.capacity()) {
            return;
        }
        forget();
        try {
            all.reshape(
                    rows,
                    capacity,
                    lengths.stream().map(length -> new Move(0, 0, length)).toList());
        } catch (IllegalStateException e) {
            clear();
            throw RunFailures.classify(e);
        }
    }

    @Override
    public int capacityRows() {
        return all.rows();
    }

    @Override
    public int capacity() {
        return all.capacity();
    }

    @Override
    public Logits step(int[] tokens) throws RunFailedException {
        KeyValueView view = views.computeIfAbsent(lengths.size(), rows -> session.view(all, rows));
        int[] read = lengths.stream().mapToInt(Integer::intValue).toArray();
        long[] next =
                LongStream.range(0, tokens.length).map(i -> tokens[(int) i]).toArray();
        Logits logits = session.run(DecoderInput.rightPadded(next, tokens.length, read), view, view);
        lengths.replaceAll(length -> length + 1);
        return logits;
    }

    /** The addresses are about to change. */
    private void forget() {
        views.values().forEach(KeyValueView::close);
        views.clear();
    }

    @Override
    public void shrink() {
        session.shrink(this);
    }

    @Override
    public void clear() {
        forget();
        all.close();
        all = session.keyValues(0, 0);
        lengths.clear();
    }

    @Override
    public void close() {
        forget();
        all.close();
        session.close();
    }
}
