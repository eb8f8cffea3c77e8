package dev.headroom.batch;

import dev.headroom.gate.Gate;
import dev.headroom.gate.Permit;
import dev.headroom.request.Failure;
import dev.headroom.request.Item;
import dev.headroom.request.ItemList;
import dev.headroom.session.Model;
import dev.headroom.session.RunFailedException;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Runs batches on one device. A batch that does not fit is halved until its parts fit. Only items that have not succeeded
 * run again, and only once nothing else runs on the device. Every item has an outcome soon after {@link #run} returns.
 *
 * <p>Several lanes call {@link #run} at the same time, each on its own thread and with its own {@link Recovery}. They share
 * {@link SessionRenewal}, {@link AdaptiveLimit} and {@link HalvingLog}, each of which guards itself. A lane holds no
 * lock while it runs the model, waits to be alone or opens the session anew.
 */
final class HalvingExecutor {

    private final Model model;
    private final Gate gate;
    private final AdaptiveLimit limit;
    private final HalvingLog log;
    private final SessionRenewal session;
    private final ItemFailures failures;
    private final ModelRunner runner;
    private final BatchTrace trace;

    /** The last remedy that was tried on these items. */
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
        log = new HalvingLog(model.name(), gate.memory(), nanoTime);
        session = new SessionRenewal(model, gate, log, nanoTime);
        failures = new ItemFailures(model.name(), limit, log);
        runner = new ModelRunner(model, limit, meters);
        trace = new BatchTrace(model, gate);
    }

    /** Runs the items in one batch or, where that does not fit, in several, on the thread of the permit's lane. */
    void run(Batch batch, Permit permit) {
        Recovery recovery = new Recovery(permit, batch);
        long start = System.nanoTime();
        run(batch.items(), Stage.FIRST, recovery);
        trace.ended(batch, recovery, start);
        if (recovery.needed()) {
            ModelRunner.count(() -> {
                limit.learn(recovery);
                runner.meters().recovery(recovery);
                if (gate.lost().isEmpty()) {
                    log.recovered(recovery, limit.current());
                }
            });
        }
    }

    private void run(List<Item<?>> batch, Stage stage, Recovery recovery) {
        List<Item<?>> items = ItemList.notOver(batch);
        if (items.isEmpty()) {
            return;
        }
        if (gate.lost().isPresent()) {
            ItemList.failAll(items, Failure.Unavailable.deviceLost());
            return;
        }
        try {
            tryOnce(items, stage, recovery);
        } catch (RuntimeException | Error e) {
            isolate(items, e, recovery);
        }
    }

    private void tryOnce(List<Item<?>> items, Stage stage, Recovery recovery) {
        boolean onNewSession = session.first();
        long start = System.nanoTime();
        try {
            runner.run(items, recovery);
            session.ran(ItemList.longest(items));
        } catch (RunFailedException e) {
            long nanos = System.nanoTime() - start;
            switch (e.kind()) {
                case OUT_OF_MEMORY -> {
                    recovery.lost(nanos);
                    makeRoom(items, e, stage, recovery);
                }
                case SESSION_CORRUPT -> {
                    recovery.lost(nanos);
                    recovery.permit().becomeAlone();
                    renew(items, e, onNewSession, recovery);
                }
                case DEVICE_LOST -> {
                    gate.lose(e.getMessage());
                    ItemList.failAll(items, Failure.Unavailable.deviceLost());
                }
                case OTHER -> isolate(items, e, recovery);
            }
        }
    }

    /** Waits for the other lanes and runs the items again, or shrinks the arenas where no other lane was busy. */
    private void makeRoom(List<Item<?>> items, RunFailedException e, Stage stage, Recovery recovery) {
        if (!recovery.permit().becomeAlone()) {
            shrink(items, e, stage, recovery);
            return;
        }
        log.besides(items, e);
        if (items.size() > 1) {
            recovery.unfitBeside(items); // the other lanes will be busy next time, too
        }
        run(items, Stage.FIRST, recovery);
    }

    /** Runs the items again where other models gave back enough memory; else halves them. */
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

    /** Splits a part further without running it where it is as large as one that did not fit. */
    private void runPart(List<Item<?>> items, Recovery recovery) {
        if (items.size() > 1 && recovery.foreseen(items)) {
            Split parts = Split.of(items);
            runPart(parts.first(), recovery);
            runPart(parts.second(), recovery);
        } else {
            run(items, Stage.FIRST, recovery);
        }
    }

    /** Runs one item once more after the shrink, then on a new session where that may help, then fails it. */
    private void runAlone(List<Item<?>> alone, RunFailedException e, Stage stage, Recovery recovery) {
        Item<?> item = alone.getFirst();
        if (stage == Stage.FIRST) {
            run(alone, Stage.SHRUNK, recovery);
        } else if (stage == Stage.SHRUNK && session.mayHelp(item, e)) {
            session.renew(e, recovery);
            run(alone, Stage.REOPENED, recovery);
        } else {
            session.unhelped(item);
            recovery.refuse(item);
            item.fail(failures.unfit(item, e));
        }
    }

    /** Opens the session anew. Items that failed on an older session may have met it corrupt, and run again. */
    private void renew(List<Item<?>> items, RunFailedException e, boolean onNewSession, Recovery recovery) {
        session.renew(e, recovery);
        if (!onNewSession) {
            run(items, Stage.FIRST, recovery);
        } else if (items.size() > 1) {
            isolate(items, e, recovery);
        } else {
            recovery.refuse(items.getFirst());
            items.getFirst().fail(failures.absurd(items.getFirst(), e));
        }
    }

    /** Halves the batch to find the item that the failure belongs to, so that the other items are answered. */
    private void isolate(List<Item<?>> items, Throwable cause, Recovery recovery) {
        if (items.size() == 1) {
            ItemList.failAll(items, ItemFailures.unrunnable(items.getFirst(), cause));
            return;
        }
        log.isolating(items.size(), cause);
        int half = items.size() / 2;
        run(items.subList(0, half), Stage.FIRST, recovery);
        run(items.subList(half, items.size()), Stage.FIRST, recovery);
    }
}
