package dev.headroom.batch;

import dev.headroom.gate.Gate;
import dev.headroom.gate.Permit;
import dev.headroom.request.Failure;
import dev.headroom.request.Item;
import dev.headroom.session.BatchOutput;
import dev.headroom.session.Model;
import dev.headroom.session.RunFailedException;
import dev.headroom.tensor.Row;
import java.util.List;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;

/**
 * Runs batches on the device. One that does not fit is halved until its parts fit, and only what has not succeeded runs
 * again, once nothing else runs on the device. Every item of a batch has an outcome soon after {@link #run} returns, whatever
 * happens.
 */
final class HalvingExecutor {

    private static final Logger LOG = Logger.getLogger(HalvingExecutor.class);

    private final Model model;
    private final Gate gate;
    private final AdaptiveLimit limit;
    private final BatchMeters meters;
    private final HalvingLog log;
    private final SessionRenewal session;
    private final OversizedItems oversized;

    /** The remedies tried since these items first ran together. */
    private enum Stage {
        FIRST,
        SHRUNK,
        REOPENED
    }

    HalvingExecutor(Model model, Gate gate, AdaptiveLimit limit, BatchMeters meters) {
        this(model, gate, limit, meters, System::nanoTime);
    }

    HalvingExecutor(Model model, Gate gate, AdaptiveLimit limit, BatchMeters meters, LongSupplier nanoTime) {
        this.model = model;
        this.gate = gate;
        this.limit = limit;
        this.meters = meters;
        this.log = new HalvingLog(model.name(), gate.memory(), nanoTime);
        this.session = new SessionRenewal(model, gate, log, nanoTime);
        this.oversized = new OversizedItems(model.name(), limit, log);
    }

    /** Runs the items in one batch or, where that does not fit, in several, on the thread of the permit's lane. */
    void run(List<Item<?>> batch, Permit permit) {
        Recovery recovery = new Recovery(permit);
        run(batch, Stage.FIRST, recovery);
        if (recovery.needed()) {
            count(() -> {
                limit.learn(recovery);
                meters.recovery(recovery);
                if (gate.lost().isEmpty()) {
                    log.recovered(recovery, limit.current());
                }
            });
        }
    }

    private void run(List<Item<?>> batch, Stage stage, Recovery recovery) {
        List<Item<?>> items = batch.stream().filter(item -> !item.isOver()).toList();
        if (items.isEmpty()) {
            return;
        }
        if (gate.lost().isPresent()) {
            Item.failAll(items, Failure.Unavailable.deviceLost());
            return;
        }
        try {
            attempt(items, stage, recovery);
        } catch (RuntimeException | Error e) {
            isolate(items, e, recovery);
        }
    }

    private void attempt(List<Item<?>> items, Stage stage, Recovery recovery) {
        recovery.tried();
        boolean onNewSession = session.first();
        long start = System.nanoTime();
        BatchOutput output;
        try {
            List<Row> rows = items.stream().<Row>map(Item::row).toList();
            output = recovery.first() && recovery.permit().isAlone() ? model.runAlone(rows) : model.run(rows);
        } catch (RunFailedException e) {
            long took = System.nanoTime() - start;
            switch (e.kind()) {
                case OUT_OF_MEMORY -> {
                    recovery.lost(took);
                    if (recovery.permit().becomeAlone()) {
                        runWithoutOthers(items, e, recovery);
                    } else {
                        shrink(items, e, stage, recovery);
                    }
                }
                case SESSION_CORRUPT -> {
                    recovery.lost(took);
                    recovery.permit().becomeAlone();
                    renew(items, e, onNewSession, recovery);
                }
                case DEVICE_LOST -> {
                    gate.lose(e.getMessage());
                    Item.failAll(items, Failure.Unavailable.deviceLost());
                }
                case OTHER -> isolate(items, e, recovery);
            }
            return;
        }
        long took = System.nanoTime() - start;
        new Delivery(items, output, meters)
                .start(recovery.first() && recovery.permit().isAlone());
        count(() -> ran(items, new Took(took, output.collateNanos()), recovery));
    }

    /** Runs the batch again while the memory of the other lanes is free. The limit falls all the same: next time they will use it. */
    private void runWithoutOthers(List<Item<?>> items, RunFailedException e, Recovery recovery) {
        log.besides(items, e);
        if (items.size() > 1) {
            recovery.unfitBeside(items);
        }
        run(items, Stage.FIRST, recovery);
    }

    /** Where the other models held what was wanted the batch was not too large. */
    private void shrink(List<Item<?>> items, RunFailedException e, Stage stage, Recovery recovery) {
        long start = System.nanoTime();
        long givenBack = gate.shrink(model);
        recovery.lost(System.nanoTime() - start);
        boolean roomNow = givenBack >= e.wantedBytes().orElse(Long.MAX_VALUE);
        if (items.size() == 1) {
            runAlone(items, e, stage, recovery);
        } else if (roomNow && stage == Stage.FIRST) {
            run(items, Stage.SHRUNK, recovery);
        } else {
            split(items, e, recovery);
        }
    }

    private void split(List<Item<?>> items, RunFailedException e, Recovery recovery) {
        Split parts = Split.of(items);
        recovery.split(items, parts.even());
        log.halved(items, parts, e);
        runPart(parts.first(), recovery);
        runPart(parts.second(), recovery);
    }

    /** A part that is as large as one that did not fit is not tried before it is split further. */
    private void runPart(List<Item<?>> items, Recovery recovery) {
        if (items.size() > 1 && recovery.foreseen(items)) {
            Split parts = Split.of(items);
            runPart(parts.first(), recovery);
            runPart(parts.second(), recovery);
        } else {
            run(items, Stage.FIRST, recovery);
        }
    }

    /** The arenas have been shrunk and nothing else runs: once more, then on a new session, then it does not fit. */
    private void runAlone(List<Item<?>> alone, RunFailedException e, Stage stage, Recovery recovery) {
        Item<?> item = alone.getFirst();
        if (stage == Stage.FIRST) {
            run(alone, Stage.SHRUNK, recovery);
        } else if (stage == Stage.SHRUNK && session.mayHelp(item, e)) {
            reopen(e, recovery);
            run(alone, Stage.REOPENED, recovery);
        } else {
            session.unhelped(item);
            recovery.refuse(item);
            oversized.fail(item, e);
        }
    }

    /**
     * Opens the session anew. Items that fail on a session as its first make it corrupt and are halved; items that fail on an older
     * session may have found it corrupt, and run again.
     */
    private void renew(List<Item<?>> items, RunFailedException e, boolean onNewSession, Recovery recovery) {
        reopen(e, recovery);
        if (!onNewSession) {
            run(items, Stage.FIRST, recovery);
        } else if (items.size() > 1) {
            isolate(items, e, recovery);
        } else {
            recovery.refuse(items.getFirst());
            oversized.failAbsurd(items.getFirst(), e);
        }
    }

    private void reopen(RunFailedException e, Recovery recovery) {
        long start = System.nanoTime();
        session.renew(e, recovery.permit());
        recovery.reopened(System.nanoTime() - start);
    }

    /** Finds the items that a failure belongs to, so that their neighbours are answered. */
    private void isolate(List<Item<?>> items, Throwable cause, Recovery recovery) {
        if (items.size() == 1) {
            Item.failAll(items, unrunnable(items.getFirst(), cause));
            return;
        }
        log.isolating(items.size(), cause);
        int half = items.size() / 2;
        run(items.subList(0, half), Stage.FIRST, recovery);
        run(items.subList(half, items.size()), Stage.FIRST, recovery);
    }

    /** Of tensors that a caller gave as they are the caller has to hear what is wrong with them. */
    private static Failure unrunnable(Item<?> item, Throwable cause) {
        return item.row().form().callers() && cause instanceof RunFailedException refused
                ? new Failure.Invalid("The model does not run on %s (%s); correct the tensors' values or shapes."
                        .formatted(item.id(), refused.getMessage().replaceAll("/onnxruntime_src/\\S+", "")))
                : new Failure.Internal("The model did not run on this item.", cause);
    }

    private record Took(long nanos, long collateNanos) {}

    private void ran(List<Item<?>> items, Took took, Recovery recovery) {
        long longest = Item.longest(items);
        session.ran(longest);
        recovery.ran(items);
        limit.ranOn(longest);
        if (!recovery.needed()) {
            limit.succeeded(items.size(), longest);
        }
        meters.ran(items, limit.current().items(), took.nanos, took.collateNanos);
        meters.predicted(limit.predictedBytes(items.size(), longest));
    }

    /** Nothing that has run fails because it could not be counted. */
    private static void count(Runnable counting) {
        try {
            counting.run();
        } catch (RuntimeException | Error e) {
            LOG.error("What ran was not counted", e);
        }
    }
}
