package dev.headroom.batch;

import dev.headroom.gate.Permit;
import dev.headroom.request.Item;
import dev.headroom.request.ItemList;
import dev.headroom.session.PreparedRows;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The course of one batch that did not fit, and of its parts. Only the thread of its lane uses it. */
final class Recovery {

    private final Permit permit;
    private final Batch batch;
    private final List<List<Item<?>>> unfit = new ArrayList<>();
    private final List<List<Item<?>>> fitted = new ArrayList<>();
    private final List<Item<?>> refused = new ArrayList<>();
    private int splits;
    private int tries;
    private int reopenings;
    private boolean needed;
    private boolean beside;
    private long lostNanos;

    /** Begins for a batch that runs with this permit. */
    Recovery(Permit permit, Batch batch) {
        this.permit = permit;
        this.batch = batch;
    }

    Permit permit() {
        return permit;
    }

    /** Notes the time of a run, a shrink or an opening that answered no item. */
    void lost(long nanos) {
        needed = true;
        lostNanos += nanos;
    }

    /** Notes that the batch, or a part of it, did not fit and is split. */
    void split(List<Item<?>> part, boolean even) {
        splits++;
        if (even) {
            unfit.add(part);
        }
    }

    /** Notes that the batch did not fit beside those of other lanes. */
    void unfitBeside(List<Item<?>> batch) {
        beside = true;
        unfit.add(batch);
    }

    /** Notes that the batch, or a part of it, begins to run. */
    void tried() {
        permit.goOn();
        tries++;
    }

    /** Notes that the session was opened anew, which took so long. */
    void reopened(long nanos) {
        reopenings++;
        lost(nanos);
    }

    /** Notes that an item did not fit alone. */
    void refuse(Item<?> item) {
        refused.add(item);
    }

    /** Notes that the batch, or a part of it, ran. */
    void ran(List<Item<?>> part) {
        fitted.add(part);
    }

    /** True while the batch runs for the first time, as it was formed. */
    boolean first() {
        return tries == 1;
    }

    /** True if the lane itself should read the batch's answers. */
    boolean isReadByLane() {
        return first() && (permit.isAlone() || batch.isReadByLane());
    }

    /** The rows of these items in tensors, if the batch was prepared, runs for the first time, and no item is over. */
    Optional<PreparedRows> prepared(List<Item<?>> items) {
        return first() && items.size() == batch.items().size() ? batch.prepared() : Optional.empty();
    }

    /** True if the batch did not fit. */
    boolean needed() {
        return needed;
    }

    /** True if a part of as few padded elements did not fit. */
    boolean foreseen(List<Item<?>> part) {
        return unfit.stream().anyMatch(known -> ItemList.padded(known) <= ItemList.padded(part));
    }

    /**
     * The batch and its parts that did not fit, the largest first. Parts with an item that does not fit even alone are no
     * evidence, nor is any part where nothing fitted.
     */
    List<List<Item<?>>> evidence() {
        return unfit.stream()
                .filter(part -> !fitted.isEmpty() && part.stream().noneMatch(refused::contains))
                .toList();
    }

    /** The parts that ran; none where other lanes had to end for them, because then they say nothing. */
    List<List<Item<?>>> fitted() {
        return beside ? List.of() : fitted;
    }

    /** The number of times that it, or a part of it, was split. */
    int splits() {
        return splits;
    }

    /** The number of runs after the first. */
    int retries() {
        return tries - 1;
    }

    /** The number of items that were answered all the same. */
    int answered() {
        return fitted.stream().mapToInt(List::size).sum();
    }

    /** The number of items that did not fit alone. */
    int refused() {
        return refused.size();
    }

    /** The number of times that the session was opened anew. */
    int reopenings() {
        return reopenings;
    }

    /** The time of all that did not succeed. */
    Duration lost() {
        return Duration.ofNanos(lostNanos);
    }
}
