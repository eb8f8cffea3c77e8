package dev.headroom.session;

import dev.headroom.model.onnx.DecoderGraph;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * New keys and values are written behind the old ones, in the same memory. Rows have one capacity, and each begins at its left
 * end.
 */
final class SharedCache implements CacheForm {

    private final DecoderGraph graph;
    private final DecoderSession session;
    private final KeyValueRows rows;
    private final Map<Integer, KeyValueView> views = new HashMap<>(); // by the number of rows

    SharedCache(DecoderGraph graph, DecoderSession session, KeyValueRows rows) {
        this.graph = graph;
        this.session = session;
        this.rows = rows;
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
    public Prompt begin(int capacity) throws RunFailedException {
        return new Prompt(session.zeros(1, capacity));
    }

    /** {@inheritDoc} It was there from the beginning. */
    @Override
    public void makeRoom(Prompt prompt, int tokens) {}

    @Override
    public void cut(Prompt prompt, int tokens, int capacity) throws RunFailedException {
        KeyValueRows.cut(prompt, tokens, capacity);
    }

    @Override
    public Logits read(Prompt prompt, int[] tokens, int whole) throws RunFailedException {
        int[] read = {prompt.length};
        try (KeyValueView view = session.view(prompt.all, 1)) {
            DecoderInput input = DecoderInput.rightPadded(tokens, 1, read).under(graph.leastMask(whole));
            Logits logits = session.run(input, view, view);
            prompt.length += tokens.length;
            return logits;
        }
    }

    @Override
    public void makeRoom(Prompt prompt) throws RunFailedException {
        if (rows.size() == capacityRows() || prompt.length >= capacity()) {
            reshape(Math.max(rows.size() + 1, capacityRows()), Math.max(capacity(), prompt.all.capacity()));
        }
    }

    @Override
    public void reshape(int wanted, int capacity) throws RunFailedException {
        if (wanted != capacityRows() || capacity != capacity()) {
            forget();
            rows.reshape(wanted, capacity);
        }
    }

    @Override
    public int capacityRows() {
        return rows.memory().rows();
    }

    @Override
    public int capacity() {
        return rows.memory().capacity();
    }

    @Override
    public Logits step(int[] tokens) throws RunFailedException {
        DecoderInput input = DecoderInput.rightPadded(tokens, tokens.length, rows.lengths());
        Optional<Logits> byGraph = session.runAsGraph(input, rows.memory(), this::view);
        Logits logits = byGraph.isPresent() ? byGraph.get() : session.run(input, view(rows.size()), view(rows.size()));
        rows.stepped(rows.memory());
        return logits;
    }

    private KeyValueView view(int count) {
        return views.computeIfAbsent(count, _ -> session.view(rows.memory(), count));
    }

    @Override
    public void forget() {
        views.values().forEach(KeyValueView::close);
        views.clear();
    }
}
