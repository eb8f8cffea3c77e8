package dev.headroom.batch;

import dev.headroom.model.file.BrokenModelException;
import dev.headroom.session.BatchOutput;
import dev.headroom.session.Model;
import dev.headroom.session.PreparedRows;
import dev.headroom.session.RunFailedException;
import dev.headroom.session.RunFailedException.Kind;
import dev.headroom.tensor.Datatype;
import dev.headroom.tensor.Port;
import dev.headroom.tensor.Ports;
import dev.headroom.tensor.Row;
import dev.headroom.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** A model on a device of known capacity, which answers each row with itself. */
public final class FakeModel implements Model {

    /** The sizes of the batches it was given, in order. */
    public final List<Integer> batches = new CopyOnWriteArrayList<>();

    /** The greatest length of a row of each of them. */
    public final List<Long> lengths = new CopyOnWriteArrayList<>();

    /** The first values of the rows it was given, in order. */
    final List<Long> values = Collections.synchronizedList(new ArrayList<>());

    /** What happens besides, by name, for a test to make it fail. */
    interface Fault {
        void at(String stage);
    }

    private final Kind failure;
    private long capacity;
    private long capacityOnceReopened;
    private boolean reopens = true;
    private boolean corrupt;
    private int shrinks;
    private int reopenings;
    private volatile long mostElements;
    private volatile long runs;
    private boolean silent;
    private final AtomicInteger prepared = new AtomicInteger();
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger ranPrepared = new AtomicInteger();
    private OptionalLong wantedBytes = OptionalLong.empty();
    private Fault fault = stage -> {};

    /** Batches of more padded elements than this do not fit. */
    public FakeModel(long capacity) {
        this(capacity, Kind.OUT_OF_MEMORY);
    }

    /** Batches of more padded elements than this fail in this way. */
    public FakeModel(long capacity, Kind failure) {
        this.capacity = capacity;
        this.capacityOnceReopened = capacity;
        this.failure = failure;
    }

    /** From now on the device has this capacity. */
    void squeeze(long newCapacity) {
        capacity = newCapacity;
        capacityOnceReopened = newCapacity;
    }

    /** A new session will have this capacity; negative: it cannot be opened. */
    FakeModel onceReopened(long newCapacity) {
        capacityOnceReopened = newCapacity;
        reopens = newCapacity >= 0;
        return this;
    }

    /** What it says it wanted when it fails. */
    void wantsBytes(long bytes) {
        wantedBytes = OptionalLong.of(bytes);
    }

    FakeModel with(Fault aFault) {
        fault = aFault;
        return this;
    }

    /** From now on it only counts its runs, which takes no time. */
    FakeModel silent() {
        silent = true;
        return this;
    }

    /** How many batches it was given. */
    long runs() {
        return runs;
    }

    /** The most padded elements of a batch that fitted. */
    public long mostElements() {
        return mostElements;
    }

    public int shrinks() {
        return shrinks;
    }

    int reopenings() {
        return reopenings;
    }

    @Override
    public String name() {
        return "fake";
    }

    @Override
    public Ports ports() {
        Port ids = new Port("input_ids", Datatype.INT64, new long[] {-1, -1});
        return new Ports(List.of(ids), List.of(ids), ids, List.of());
    }

    @Override
    public BatchOutput run(List<Row> rows) throws RunFailedException {
        runs = runs + 1;
        if (silent) {
            return new BatchOutput(0, inputs(rows), () -> {});
        }
        fault.at("run");
        batches.add(rows.size());
        lengths.add(longest(rows));
        rows.forEach(row -> values.add(row.inputs().getFirst().data().getLong(0)));
        if (corrupt || padded(rows) > capacity) {
            corrupt = failure == Kind.SESSION_CORRUPT;
            throw new RunFailedException(failure, wantedBytes, "more than " + capacity, null);
        }
        mostElements = Math.max(mostElements, padded(rows));
        return new BatchOutput(0, inputs(rows), () -> fault.at("output closed"));
    }

    @Override
    public PreparedRows prepare(List<Row> rows) {
        fault.at("prepare");
        prepared.incrementAndGet();
        open.incrementAndGet();
        AtomicBoolean waits = new AtomicBoolean(true);
        return new PreparedRows() {
            @Override
            public BatchOutput run() throws RunFailedException {
                used();
                ranPrepared.incrementAndGet();
                return FakeModel.this.run(rows);
            }

            @Override
            public void close() {
                used();
                open.decrementAndGet();
            }

            private void used() {
                prepared.addAndGet(waits.getAndSet(false) ? -1 : 0);
            }
        };
    }

    /** How many prepared batches wait: they have neither run nor been given up. */
    int prepared() {
        return prepared.get();
    }

    /** How many prepared batches are not closed. */
    int open() {
        return open.get();
    }

    /** How many prepared batches ran as they were prepared. */
    int ranPrepared() {
        return ranPrepared.get();
    }

    private static List<List<Tensor>> inputs(List<Row> rows) {
        List<List<Tensor>> inputs = new ArrayList<>(rows.size());
        for (Row row : rows) {
            inputs.add(row.inputs());
        }
        return inputs;
    }

    @Override
    public void shrink() {
        shrinks++;
        fault.at("shrink");
    }

    @Override
    public void reopen() {
        reopenings++;
        fault.at("reopen");
        if (!reopens) {
            throw new BrokenModelException("gone");
        }
        capacity = capacityOnceReopened;
        corrupt = false;
    }

    @Override
    public void close() {}

    private static long padded(List<Row> rows) {
        return rows.size() * longest(rows);
    }

    private static long longest(List<Row> rows) {
        return rows.stream().mapToLong(Row::elements).max().orElse(0);
    }
}
