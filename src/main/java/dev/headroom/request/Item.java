package dev.headroom.request;

import dev.headroom.tensor.Row;
import dev.headroom.tensor.Tensor;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;

/**
 * One item, from its admission to its outcome. It is over as soon as it has an outcome. An item that is over never
 * reaches the device.
 *
 * @param <T> the type of its answer
 */
public final class Item<T> {

    private final String id;
    private final long bytes;
    private final Urgency urgency;
    private final BiFunction<Row, List<Tensor>, T> reader;
    private final CompletableFuture<Outcome<T>> outcome = new CompletableFuture<>();
    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicReference<Stay> stay = new AtomicReference<>();
    private final long createdNanos = System.nanoTime();
    private volatile Row row;
    private long elements; // these three are written before the row
    private long turn;
    private long queuedNanos;
    private volatile long closedNanos;
    private volatile long ranNanos;
    private volatile int batch;
    private volatile boolean ran;
    private volatile Timing timing;
    private long number; // the lock of the queue guards it and the next
    private boolean taken;

    /**
     * An item.
     *
     * @param id the caller's name for it, for the log
     * @param bytes the memory that its input takes until it is answered
     * @param reader turns the item's row and its share of the model's outputs into its answer
     */
    public Item(String id, long bytes, Urgency urgency, BiFunction<Row, List<Tensor>, T> reader) {
        this.id = id;
        this.bytes = bytes;
        this.urgency = urgency;
        this.reader = reader;
    }

    /** The item's outcome; never completed exceptionally. */
    public CompletableFuture<Outcome<T>> outcome() {
        return outcome;
    }

    /** How long its phases took; empty where it was not answered. */
    public Optional<Timing> timing() {
        return Optional.ofNullable(timing);
    }

    /** True if its caller no longer waits for it, as far as the caller has said how long it does. */
    public boolean isLate() {
        return urgency.deadline()
                .filter(time -> System.nanoTime() - createdNanos > time.toNanos())
                .isPresent();
    }

    /** True if the item has its outcome, or has run and is about to have it. It needs no more work. */
    public boolean isOver() {
        return ran || over.get();
    }

    /** The item's batch has closed. */
    public void closed(long nanos) {
        closedNanos = nanos;
    }

    /** The item has run in a batch of so many; {@link #answer} or {@link #fail} follows. */
    public void ran(int together) {
        batch = together;
        ranNanos = System.nanoTime();
        ran = true;
    }

    /** Gives the item the failure as its outcome, unless it has one. */
    public void fail(Failure failure) {
        end(new Outcome.Failed<>(failure));
    }

    private void end(Outcome<T> how) {
        if (over.compareAndSet(false, true)) {
            try {
                endStay();
            } finally {
                outcome.complete(how);
            }
        }
    }

    private void endStay() {
        Stay ended = stay.getAndSet(null);
        if (ended != null) {
            ended.end(this);
        }
    }

    /** The item has been admitted, and its stay ends before its outcome is seen. */
    void admitted(Stay itsStay) {
        stay.set(itsStay);
        if (over.get()) { // before its stay began
            endStay();
        }
    }

    /** Reads the answer from the outputs, and gives it to the item as its outcome. */
    public void answer(List<Tensor> outputs) {
        try {
            T answer = reader.apply(row, outputs);
            timing = new Timing(
                    Duration.ofNanos(queuedNanos - createdNanos),
                    Duration.ofNanos(queueNanos()),
                    Duration.ofNanos(ranNanos - closedNanos),
                    Duration.ofNanos(System.nanoTime() - ranNanos),
                    batch);
            urgency.trace().answered(timing, createdNanos);
            end(new Outcome.Answered<>(answer));
        } catch (RequestFailedException e) {
            fail(e.failure());
        } catch (RuntimeException | Error e) {
            fail(new Failure.Internal("The model's output could not be read.", e));
        }
    }

    /** The item has become the model's inputs, and waits for its batch from now on. */
    public void queue(Row itsRow) {
        queuedNanos = System.nanoTime();
        turn = urgency.priority().turn(queuedNanos);
        elements = itsRow.inputs().isEmpty() ? 0 : itsRow.elements();
        row = itsRow;
    }

    /** Sets the item's number in its queue. */
    public void number(long itsNumber) {
        number = itsNumber;
    }

    public long number() {
        return number;
    }

    /** Marks the item as taken from its queue, or put back. */
    public void take(boolean isTaken) {
        taken = isTaken;
    }

    public boolean isTaken() {
        return taken;
    }

    /** The item's place among others: the lowest turn goes first. */
    public long turn() {
        return turn;
    }

    public Urgency urgency() {
        return urgency;
    }

    public String id() {
        return id;
    }

    public long bytes() {
        return bytes;
    }

    public Row row() {
        return row;
    }

    public long elements() {
        return elements > 0 ? elements : row.elements();
    }

    /** The time from the item's arrival in the queue until its batch closed. */
    public long queueNanos() {
        return closedNanos - queuedNanos;
    }

    public long queuedNanos() {
        return queuedNanos;
    }
}
