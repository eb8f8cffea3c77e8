package dev.headroom.generation;

import dev.headroom.gate.Gate;
import dev.headroom.gate.Permit;
import dev.headroom.request.Failure;
import dev.headroom.session.Decoder;
import dev.headroom.session.RunFailedException;
import java.time.Duration;
import java.util.List;
import org.jboss.logging.Logger;

/**
 * The consequences of a step that the device did not run. Where memory was missing, the others' unused memory is taken first, then
 * prompts are read in smaller chunks, then the budget falls and the youngest sequences give way. A sequence fails only when it is
 * alone and does not fit. The lane's thread calls.
 */
final class StepFailures {

    private static final Logger LOG = Logger.getLogger(StepFailures.class);
    private static final Duration PAUSE = Duration.ofSeconds(2);

    /** Failures in a row without a sequence on the device, after which one that waits fails. */
    private static final int MOST_WITHOUT_ANY = 4;

    /** Runs after which a step that does not fit is no sequel of the one before. */
    private static final int PEACE = 256;

    private final Decoder model;
    private final Gate gate;
    private final ContinuousBatch batch;
    private final CacheBudget budget;
    private final GenerationMeters meters;
    private final OpenSequences open;
    private int consecutive;
    private int runs = PEACE; // since a step did not fit
    private boolean freed;

    StepFailures(Generator.Parts parts) {
        this.model = parts.model();
        this.gate = parts.gate();
        this.batch = parts.batch();
        this.budget = batch.budget();
        this.meters = parts.meters();
        this.open = parts.open();
    }

    /** A step ran. */
    void none() {
        runs++;
        consecutive = 0;
        freed = false;
    }

    /** True where the memory of others was given back and nothing else runs, so that the step may fit now. */
    boolean mayFitNow() {
        return freed;
    }

    /** A step did not run. */
    void failed(RunFailedException failure, Permit permit) {
        consecutive++;
        freed = false;
        switch (failure.kind()) {
            case OUT_OF_MEMORY, SESSION_CORRUPT -> unfit(failure, permit);
            case DEVICE_LOST -> gate.lose(failure.getMessage());
            case OTHER -> broken(failure);
        }
    }

    private void unfit(RunFailedException failure, Permit permit) {
        meters.unfit();
        long held = batch.occupancy().heldBytes() + batch.occupancy().keptBytes();
        boolean torn = batch.isTorn();
        if (torn || runs < PEACE) { // the rows found no room to grow, or what has helped before did not last
            budget.failed(held);
        }
        runs = 0;
        if (torn) {
            batch.preemptAll();
        }
        if (consecutive == 1) {
            permit.becomeAlone();
            gate.shrink(model);
            freed = true;
        } else if (!batch.shrinkChunks()) {
            give(failure, held);
        }
    }

    /**
     * The budget falls to less than was held; whoever does not fit into it any more is read again later. Where it cannot fall,
     * each sequence runs alone, so that one that does not fit ends.
     */
    private void give(RunFailedException failure, long held) {
        List<Sequence> all = batch.onDevice();
        if (all.size() > 1 || all.isEmpty() && consecutive < MOST_WITHOUT_ANY) {
            if (!budget.failed(held)) {
                batch.suspect(all);
            }
            LOG.warnf(
                    "%s: a step did not fit beside the keys and values of %d sequences; they may take %d bytes from now on: %s",
                    model.name(), all.size(), budget.bytes(), failure.getMessage());
            batch.preemptAll();
            return;
        }
        fail(new Failure.Unavailable("The device has no memory for this sequence now. Try again.", PAUSE));
    }

    /** The one on the device fails, or where none could get there the one that came first. */
    private void fail(Failure failure) {
        List<Sequence> failed = batch.onDevice();
        fail(failed.isEmpty() ? batch.all().stream().limit(1).toList() : failed, failure);
    }

    private void fail(List<Sequence> sequences, Failure failure) {
        sequences.stream().filter(open::claim).forEach(sequence -> sequence.fail(failure)); // others have moved
        consecutive = 0;
    }

    /** One of the sequences that ran may be the cause: where they are several each runs alone, so that only that one fails. */
    private void broken(RunFailedException failure) {
        List<Sequence> all = batch.ofRun();
        if (all.size() > 1) {
            LOG.warnf(
                    "%s: a step of %d sequences failed, and each is continued alone now: %s",
                    model.name(), all.size(), failure.getMessage());
            batch.suspect(all);
            batch.preemptAll();
            return;
        }
        if (batch.isTorn()) {
            batch.preemptAll();
        }
        fail(all, Failure.Internal.unexpected(failure));
    }

    /** Code failed that should not: nothing that is on the device can be trusted. */
    void unexpected(Throwable cause) {
        LOG.errorf(cause, "%s: the generation of text failed", model.name());
        fail(batch.all(), Failure.Internal.unexpected(cause));
        batch.preemptAll();
    }
}
