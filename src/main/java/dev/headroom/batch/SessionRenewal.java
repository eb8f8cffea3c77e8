package dev.headroom.batch;

import dev.headroom.gate.Gate;
import dev.headroom.gate.Permit;
import dev.headroom.request.Item;
import dev.headroom.session.Model;
import dev.headroom.session.RunFailedException;
import java.time.Duration;
import java.util.function.LongSupplier;

/** Opens a model's session anew where that may help, and knows where it did not. */
final class SessionRenewal {

    private static final long PAUSE_NANOS = Duration.ofMinutes(1).toNanos();

    private final Model model;
    private final Gate gate;
    private final HalvingLog log;
    private final LongSupplier nanoTime;
    private long lastNanos;
    private boolean untouched;
    private long unhelped = Long.MAX_VALUE; // elements of the smallest item that a new session did not help

    SessionRenewal(Model model, Gate gate, HalvingLog log, LongSupplier nanoTime) {
        this.model = model;
        this.gate = gate;
        this.log = log;
        this.nanoTime = nanoTime;
        this.lastNanos = nanoTime.getAsLong() - PAUSE_NANOS;
    }

    /** Opens it anew; where that fails the device is lost. */
    synchronized void renew(RunFailedException cause, Permit permit) {
        log.reopening(cause);
        lastNanos = nanoTime.getAsLong();
        permit.goOn();
        try {
            model.reopen();
            untouched = true;
        } catch (RuntimeException | Error e) {
            gate.lose("the session of %s could not be opened again: %s".formatted(model.name(), e.getMessage()));
        }
    }

    /** It is about to run; whether nothing has run on it before. */
    synchronized boolean first() {
        boolean first = untouched;
        untouched = false;
        return first;
    }

    /** A batch ran whose longest row has so many elements. */
    synchronized void ran(long longest) {
        unhelped = longest >= unhelped ? Long.MAX_VALUE : unhelped;
    }

    /**
     * Whether a new one may help an item that does not fit alone: not where others hold the memory, nor where it has not
     * helped one that was hardly larger; and it holds up everybody, so not all the time.
     */
    synchronized boolean mayHelp(Item<?> item, RunFailedException failure) {
        boolean told = gate.memory().totalBytes() > 0;
        boolean taken =
                told && gate.memory().freeBytes() < failure.wantedBytes().orElse(0);
        boolean justNow = nanoTime.getAsLong() - lastNanos < PAUSE_NANOS;
        return !taken && !justNow && item.elements() <= unhelped / 2;
    }

    /** A new one did not help this item, which does not fit alone. */
    synchronized void unhelped(Item<?> item) {
        unhelped = Math.min(unhelped, item.elements());
    }
}
