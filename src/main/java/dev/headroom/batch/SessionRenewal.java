package dev.headroom.batch;

import dev.headroom.gate.Gate;
import dev.headroom.request.Item;
import dev.headroom.session.Model;
import dev.headroom.session.RunFailedException;
import java.time.Duration;
import java.util.function.LongSupplier;

/** Opens a model's session anew where that may help, and remembers where it did not. Its monitor guards its fields. */
final class SessionRenewal {

    private static final long PAUSE_NANOS = Duration.ofMinutes(1).toNanos();

    private final Model model;
    private final Gate gate;
    private final HalvingLog log;
    private final LongSupplier nanoTime;
    private long lastNanos;
    private boolean untouched;
    private long unhelped = Long.MAX_VALUE; // elements of the smallest item that it did not help

    SessionRenewal(Model model, Gate gate, HalvingLog log, LongSupplier nanoTime) {
        this.model = model;
        this.gate = gate;
        this.log = log;
        this.nanoTime = nanoTime;
        this.lastNanos = nanoTime.getAsLong() - PAUSE_NANOS;
    }

    /**
     * Opens the session anew, and declares the device lost where that fails; called by a lane that is alone, whose recovery
     * then knows the time.
     */
    void renew(RunFailedException cause, Recovery recovery) {
        long start = System.nanoTime();
        log.reopening(cause);
        recovery.permit().goOn();
        try {
            model.reopen();
            renewed();
        } catch (RuntimeException | Error e) {
            gate.lose("the session of %s could not be opened again: %s".formatted(model.name(), e.getMessage()));
        }
        recovery.reopened(System.nanoTime() - start);
    }

    private synchronized void renewed() {
        untouched = true;
        lastNanos = nanoTime.getAsLong();
    }

    /** Notes that the session is about to run; true if it has not run before. */
    synchronized boolean first() {
        boolean first = untouched;
        untouched = false;
        return first;
    }

    /** Notes that a batch ran whose longest row has so many elements. */
    synchronized void ran(long longest) {
        unhelped = longest >= unhelped ? Long.MAX_VALUE : unhelped;
    }

    /**
     * True if a new session may help an item that does not fit alone. It does not help where other processes hold the
     * memory, nor where it did not help an item up to twice as large. It delays all items, so it is opened once a minute
     * at most.
     */
    synchronized boolean mayHelp(Item<?> item, RunFailedException failure) {
        boolean told = gate.memory().totalBytes() > 0;
        boolean taken =
                told && gate.memory().freeBytes() < failure.wantedBytes().orElse(0);
        boolean justNow = nanoTime.getAsLong() - lastNanos < PAUSE_NANOS;
        return !taken && !justNow && item.elements() <= unhelped / 2;
    }

    /** Notes that no new session helped this item, which does not fit alone. */
    synchronized void unhelped(Item<?> item) {
        unhelped = Math.min(unhelped, item.elements());
    }
}
