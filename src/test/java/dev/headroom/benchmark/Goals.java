package dev.headroom.benchmark;

import dev.headroom.benchmark.Series.Part;
import java.util.ArrayList;
import java.util.List;

/** The goals, and what came out, as ratios of medians of the same run. */
record Goals(Results results) {

    private static final double OF_THE_BARE_LOOP = 0.95;
    private static final double OF_THE_SINGLE_RUN = 1.15;
    private static final double P99_OF_P50 = 2;
    private static final double OF_THE_BARE_ROUTE = 0.8;
    private static final double MICROS_ABOVE_THE_ROUTE = 30;
    private static final double MEGABYTES = 500;
    private static final int MANY = 128;

    List<Goal> all() {
        List<Goal> goals = new ArrayList<>();
        for (Workload workload : Workload.values()) {
            for (int callers : new int[] {32, MANY}) {
                goals.add(Goal.atLeast(
                        "%s, %d callers: throughput to the bare loop's".formatted(workload.label(), callers),
                        ofBareLoop(workload, callers),
                        OF_THE_BARE_LOOP));
            }
        }
        latency(goals);
        overhead(goals);
        return goals;
    }

    /** The service's throughput as a ratio to the best bare loop's. */
    double ofBareLoop(Workload workload, int callers) {
        return results.median(Series.closed(workload, callers), Measurement::perSecond)
                / results.median(results.bestBare(workload), Measurement::perSecond);
    }

    private void latency(List<Goal> goals) {
        Workload workload = Workload.TWENTY_WORDS;
        double single = results.median(results.bestSingle(workload), Measurement::p50);
        Series many = Series.closed(workload, MANY);
        goals.add(Goal.atMost(
                "20 words, 1 caller: p50 to the bare single run's",
                results.median(Series.closed(workload, 1), Measurement::p50) / single,
                OF_THE_SINGLE_RUN));
        goals.add(Goal.atMost(
                "20 words, %d callers: p99 to p50".formatted(MANY),
                results.median(many, Measurement::p99) / results.median(many, Measurement::p50),
                P99_OF_P50));
        goals.add(Goal.atMost(
                "all closed loops: time-outs and errors",
                results.faults(Part.CLOSED).total(),
                0));
    }

    private void overhead(List<Goal> goals) {
        Series identity = Series.overhead(Part.IDENTITY);
        Series route = Series.overhead(Part.ROUTE);
        goals.add(Goal.atLeast(
                "identity model: requests/s to the bare route's",
                results.median(identity, Measurement::perSecond) / results.median(route, Measurement::perSecond),
                OF_THE_BARE_ROUTE));
        goals.add(Goal.atMost(
                "identity model: µs of processor time a request above the bare route's",
                results.median(identity, Measurement::cpuMicros) - results.median(route, Measurement::cpuMicros),
                MICROS_ABOVE_THE_ROUTE));
        goals.add(Goal.atMost(
                "resident memory after load, MB",
                results.most(Part.CLOSED, Measurement::residentMegabytes),
                MEGABYTES));
    }
}
