package dev.headroom.calibration;

import dev.headroom.gate.Gate;
import dev.headroom.measured.LaneTrial;
import dev.headroom.session.BatchOutput;
import dev.headroom.session.Model;
import dev.headroom.session.RunFailedException;
import dev.headroom.tensor.Row;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.Supplier;

/** Compares two ways to share a CPU's cores: a batch in each lane at once, or one batch on all cores after the other. */
record LaneComparison(Model model, Gate gate, RunClock clock) {

    private static final int ROUNDS = 5;

    /** So many rounds end the comparison, though other work had the processor during most of them. */
    private static final int MOST_ROUNDS = 20;

    private static final Duration NO_TIME = Duration.ofHours(1); // any other is less

    private interface ModelRun {

        BatchOutput run() throws RunFailedException;
    }

    /**
     * Measures both in turns and keeps the shortest times. Rounds during which other work had the processor do not count,
     * as far as there are others.
     *
     * @param one a row
     * @param batch rows that fit in each lane at once
     * @param idle how long no caller has waited; a round that a caller disturbed is repeated
     * @throws IllegalStateException when a batch did not run
     */
    LaneTrial measure(List<Row> one, List<Row> batch, Supplier<Duration> idle) throws InterruptedException {
        IdleDetector detector = new IdleDetector(idle);
        Duration[] best = {NO_TIME, NO_TIME, NO_TIME, NO_TIME};
        int undisturbed = 0;
        for (int round = 0; undisturbed < ROUNDS && round < MOST_ROUNDS; ) {
            detector.await();
            List<RunTime> times = List.of(inLanes(batch), alone(batch), inLanes(one), alone(one));
            if (detector.lasted()) {
                round++;
                undisturbed += times.stream().anyMatch(RunTime::disturbed) ? 0 : 1;
                Arrays.setAll(best, i -> Collections.min(List.of(times.get(i).time(), best[i])));
            }
        }
        return new LaneTrial(gate.lanes(), batch.size(), best[0], best[1], best[2], best[3]);
    }

    private RunTime inLanes(List<Row> rows) throws InterruptedException {
        return gate.callOnAll(() -> time(() -> model.run(rows))).stream()
                .reduce(RunTime::longer)
                .orElseThrow();
    }

    private RunTime alone(List<Row> rows) throws InterruptedException {
        return gate.call(() -> time(() -> model.runAlone(rows)));
    }

    private RunTime time(ModelRun run) {
        RunTime.Started started = RunTime.start(clock);
        try (BatchOutput _ = run.run()) {
            return started.end();
        } catch (RunFailedException e) {
            throw new IllegalStateException("a batch of a trial of lanes failed: " + e.getMessage(), e);
        }
    }
}
