package dev.headroom.batch;

import dev.headroom.model.BatchOutput;
import dev.headroom.model.Model;
import dev.headroom.model.Row;
import dev.headroom.model.RunFailedException;
import dev.headroom.model.RunFailedException.Kind;
import dev.headroom.model.Tensor;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A model on a device of known capacity, which answers each row with itself. */
final class FakeModel implements Model {

    /** The sizes of the batches it was given, in order. */
    final List<Integer> batches = new CopyOnWriteArrayList<>();

    private final long capacity;
    private final Kind failure;
    private int shrinks;
    private volatile long mostElements;

    /** Batches of more padded elements than this do not fit. */
    FakeModel(long capacity) {
        this(capacity, Kind.OUT_OF_MEMORY);
    }

    /** Batches of more padded elements than this fail in this way. */
    FakeModel(long capacity, Kind failure) {
        this.capacity = capacity;
        this.failure = failure;
    }

    /** The most padded elements of a batch that fitted. */
    long mostElements() {
        return mostElements;
    }

    int shrinks() {
        return shrinks;
    }

    @Override
    public String name() {
        return "fake";
    }

    @Override
    public List<String> inputs() {
        return List.of("input_ids");
    }

    @Override
    public BatchOutput run(List<Row> rows) throws RunFailedException {
        batches.add(rows.size());
        if (Row.paddedElements(rows) > capacity) {
            throw new RunFailedException(failure, "more than " + capacity, null);
        }
        mostElements = Math.max(mostElements, Row.paddedElements(rows));
        List<Tensor> outputs = rows.stream().map(row -> row.inputs().getFirst()).toList();
        return new BatchOutput(outputs, () -> {});
    }

    @Override
    public void shrink() {
        shrinks++;
    }

    @Override
    public void close() {}
}
