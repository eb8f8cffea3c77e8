package dev.headroom.calibration;

import dev.headroom.gate.Gate;
import dev.headroom.measured.LaneTrial;
import dev.headroom.session.BatchOutput;
import dev.headroom.session.Model;
import dev.headroom.session.RunFailedException;
import dev.headroom.tensor.Row;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;

/** Compares two ways to share a CPU's cores: a batch in each lane at once, or one batch on all cores after the other. */
record LaneComparison(Model model, Gate gate) {

    private static final int ROUNDS = 5;
    private static final Duration NO_TIME = Duration.ofHours(1); // any other is less

    private interface ModelRun {

        BatchOutput run() throws RunFailedException;
    }

    /**
     * Measures both in turns and keeps the shortest times.
     *
     * @param one a row
     * @param batch rows that fit in each lane at once
     * @param idle how long no caller has waited; a round that a caller disturbed is repeated
     * @throws IllegalStateException when a batch did not run
     */
    LaneTrial measure(List<Row> one, List<Row> batch, Supplier<Duration> idle) throws InterruptedException {
        IdleDetector detector = new IdleDetector(idle);
        Duration[] best = {NO_TIME, NO_TIME, NO_TIME, NO_TIME};
        for (int round = 0; round < ROUNDS; ) {
            detector.await();
            Duration[] times = {inLanes(batch), alone(batch), inLanes(one), alone(one)};
            if (detector.lasted()) {
                round++;
                Arrays.setAll(best, i -> times[i].compareTo(best[i]) < 0 ? times[i] : best[i]);
            }
        }
        return new LaneTrial(gate.lanes(), batch.size(), best[0], best[1], best[2], best[3]);
    }

    private Duration inLanes(List<Row> rows) throws InterruptedException {
        return gate.callOnAll(() -> time(() -> model.run(rows))).stream()
                .max(Comparator.naturalOrder())
                .orElseThrow();
    }

    private Duration alone(List<Row> rows) throws InterruptedException {
        return gate.call(() -> time(() -> model.runAlone(rows)));
    }

    private static Duration time(ModelRun run) {
        long start = System.nanoTime();
        try (BatchOutput _ = run.run()) {
            return Duration.ofNanos(System.nanoTime() - start);
        } catch (RunFailedException e) {
            throw new IllegalStateException("a batch of a trial of lanes failed: " + e.getMessage(), e);
        }
    }
}
