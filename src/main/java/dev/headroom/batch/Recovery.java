package dev.headroom.batch;

import dev.headroom.gate.Permit;
import dev.headroom.request.Item;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What became of one batch that did not fit, and of its parts. */
final class Recovery {

    private final Permit permit;
    private final List<List<Item<?>>> unfit = new ArrayList<>();
    private final List<List<Item<?>>> fitted = new ArrayList<>();
    private final List<Item<?>> refused = new ArrayList<>();
    private int splits;
    private int tries;
    private int reopenings;
    private boolean needed;
    private boolean beside;
    private long lostNanos;

    /** Of a batch that runs by this permit. */
    Recovery(Permit permit) {
        this.permit = permit;
    }

    Permit permit() {
        return permit;
    }

    /** A run, a shrink or an opening took so long and answered nobody. */
    void lost(long nanos) {
        needed = true;
        lostNanos += nanos;
    }

    /** The batch, or a part of it, did not fit and is split. */
    void split(List<Item<?>> part, boolean even) {
        splits++;
        if (even) {
            unfit.add(part);
        }
    }

    /** The batch did not fit beside those of other lanes. */
    void unfitBeside(List<Item<?>> batch) {
        beside = true;
        unfit.add(batch);
    }

    /** The batch, or a part of it, runs. */
    void tried() {
        permit.goOn();
        tries++;
    }

    /** The session was opened anew, which took so long. */
    void reopened(long nanos) {
        reopenings++;
        lost(nanos);
    }

    /** An item did not fit alone. */
    void refuse(Item<?> item) {
        refused.add(item);
    }

    /** The batch, or a part of it, ran. */
    void ran(List<Item<?>> part) {
        fitted.add(part);
    }

    /** Whether the batch runs for the first time, as it was formed. */
    boolean first() {
        return tries == 1;
    }

    /** Whether the batch did not fit. */
    boolean needed() {
        return needed;
    }

    /** Whether a part of as few padded elements has not fitted. */
    boolean foreseen(List<Item<?>> part) {
        return unfit.stream().anyMatch(known -> Item.padded(known) <= Item.padded(part));
    }

    /**
     * The batch and its parts that did not fit, the largest first; without those that would not have fitted because of one
     * item that does not fit even alone. Where nothing fits it is not for the batch's size.
     */
    List<List<Item<?>>> evidence() {
        return unfit.stream()
                .filter(part -> !fitted.isEmpty() && part.stream().noneMatch(refused::contains))
                .toList();
    }

    /** The parts that ran; none where that says nothing, because other lanes had ended. */
    List<List<Item<?>>> fitted() {
        return beside ? List.of() : fitted;
    }

    /** Times that it, or a part of it, was split. */
    int splits() {
        return splits;
    }

    /** Runs after the first. */
    int retries() {
        return tries - 1;
    }

    /** Items that were answered all the same. */
    int answered() {
        return fitted.stream().mapToInt(List::size).sum();
    }

    /** Items that did not fit alone. */
    int refused() {
        return refused.size();
    }

    /** Times that the session was opened anew. */
    int reopenings() {
        return reopenings;
    }

    /** How long all that did not succeed has taken. */
    Duration lost() {
        return Duration.ofNanos(lostNanos);
    }
}
