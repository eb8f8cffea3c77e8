package dev.headroom.generation;

import dev.headroom.gate.Gate;
import dev.headroom.gate.Permit;
import dev.headroom.request.Failure;
import dev.headroom.session.DecoderModel;
import dev.headroom.session.RunFailedException;
import java.time.Duration;
import java.util.List;
import org.jboss.logging.Logger;

/**
 * What follows when the device did not run a step. Where memory was missing, the others' unused memory is taken first, then
 * prompts are read in smaller chunks, then the budget falls and the youngest sequences give way. A sequence fails only when it is
 * alone and does not fit. The lane's thread calls.
 */
final class StepFailures {

    private static final Logger LOG = Logger.getLogger(StepFailures.class);
    private static final Duration PAUSE = Duration.ofSeconds(2);

    private final DecoderModel model;
    private final Gate gate;
    private final ContinuousBatch batch;
    private final CacheBudget budget;
    private final GenerationMeters meters;
    private int consecutive;

    StepFailures(Generator.Parts parts) {
        this.model = parts.model();
        this.gate = parts.gate();
        this.batch = parts.batch();
        this.budget = parts.budget();
        this.meters = parts.meters();
    }

    /** A step ran. */
    void none() {
        consecutive = 0;
    }

    /** A step did not run. */
    void failed(RunFailedException failure, Permit permit) {
        consecutive++;
        switch (failure.kind()) {
            case OUT_OF_MEMORY, SESSION_CORRUPT -> unfit(failure, permit);
            case DEVICE_LOST -> gate.lose(failure.getMessage());
            case OTHER -> broken(failure);
        }
    }

    private void unfit(RunFailedException failure, Permit permit) {
        meters.unfit();
        long held = batch.heldBytes();
        if (batch.isTorn()) {
            batch.preemptAll();
        }
        if (consecutive == 1) {
            permit.becomeAlone();
            gate.shrink(model);
        } else if (!batch.shrinkChunks()) {
            give(failure, held);
        }
    }

    /** The budget falls to less than was held; whoever does not fit into it any more is read again later. */
    private void give(RunFailedException failure, long held) {
        List<Sequence> all = batch.onDevice();
        if (all.size() > 1 || all.isEmpty() && consecutive < 4) {
            budget.failed(held);
            LOG.warnf(
                    "%s: a step did not fit beside the keys and values of %d sequences; they may take %d bytes from now on: %s",
                    model.name(), all.size(), budget.bytes(), failure.getMessage());
            batch.preemptAll();
            return;
        }
        fail(new Failure.Unavailable("The device has no memory for this sequence now. Try again.", PAUSE));
    }

    private void fail(Failure failure) {
        List<Sequence> failed = batch.onDevice();
        (failed.isEmpty() ? batch.all() : failed).forEach(sequence -> sequence.fail(failure));
        consecutive = 0;
    }

    /** One of the sequences may be the cause: each runs alone, so that only that one fails. */
    private void broken(RunFailedException failure) {
        List<Sequence> all = batch.onDevice();
        if (all.size() > 1) {
            LOG.warnf(
                    "%s: a step of %d sequences failed, and each is continued alone now: %s",
                    model.name(), all.size(), failure.getMessage());
            batch.suspect();
            batch.preemptAll();
        } else {
            fail(Failure.Internal.unexpected(failure));
        }
    }

    /** Code failed that should not: nothing that is on the device can be trusted. */
    void unexpected(Throwable cause) {
        LOG.errorf(cause, "%s: the generation of text failed", model.name());
        batch.all().forEach(sequence -> sequence.fail(Failure.Internal.unexpected(cause)));
        batch.preemptAll();
    }
}
