package dev.headroom.benchmark;

import dev.headroom.benchmark.LoadOrder.Demand;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The service against the bare loop on one workload, in turns, so that a noisy machine is noisy to both. */
final class Contest implements AutoCloseable {

    /** Too few to be compared with the bare loop, and too many for a single run. */
    private static final int FEW = 8;

    static final int[] CALLERS = {1, FEW, 32, 128};
    static final int[] PERCENT_OF_CAPACITY = {50, 80, 95};

    private static final int FINALISTS = 2;

    private final Workload workload;
    private final Pacing pacing;
    private final Results results;
    private final Load load;
    private final Map<Series, BareLoop> singles = new LinkedHashMap<>();
    private final Map<Series, BareLoop> loops = new LinkedHashMap<>();

    Contest(Workload workload, Pacing pacing, Results results) throws IOException {
        this.workload = workload;
        this.pacing = pacing;
        this.results = results;
        load = Load.of(workload.bodies());
    }

    /** Looks at every setting of the bare loop for a moment, and keeps the best for the rounds. */
    Contest chooseLoops(BareModel model) throws IOException {
        int cores = Runtime.getRuntime().availableProcessors();
        List<long[]> tokens = BareModel.tokens(workload.texts());
        for (BareSetting setting : BareSetting.single(cores)) {
            singles.put(Series.single(workload, setting), new BareLoop(model, tokens, setting));
        }
        keepBest(model, tokens, BareSetting.all(cores, false), workload.isMixed() ? 1 : FINALISTS);
        if (workload.isMixed()) {
            keepBest(model, tokens, BareSetting.all(cores, true), FINALISTS);
        }
        return this;
    }

    private void keepBest(BareModel model, List<long[]> tokens, List<BareSetting> settings, int count) {
        List<BareSetting> best = new ArrayList<>(settings);
        for (BareSetting setting : settings) {
            try (BareLoop loop = new BareLoop(model, tokens, setting)) {
                results.add(Series.bare(workload, setting), 0, loop.measure(pacing.glance()));
            }
        }
        best.sort(Comparator.comparingDouble(
                setting -> -results.glance(Series.bare(workload, setting), Measurement::perSecond)));
        best.subList(0, count)
                .forEach(setting -> loops.put(Series.bare(workload, setting), new BareLoop(model, tokens, setting)));
    }

    /** One round of both. */
    void round(int round, Server server) throws IOException, InterruptedException {
        for (int callers : CALLERS) {
            switch (callers) {
                case 1 -> measure(singles, round);
                case FEW -> {}
                default -> measure(loops, round);
            }
            Measurement served = load.on(server, new Demand.Closed(callers), pacing.load());
            results.add(Series.closed(workload, callers), round, served);
        }
    }

    private void measure(Map<Series, BareLoop> some, int round) {
        some.forEach((series, loop) -> results.add(series, round, loop.measure(pacing.yardstick())));
    }

    /** The service under shares of what it was measured to carry. */
    void openLoop(Server server) throws IOException, InterruptedException {
        for (int percent : PERCENT_OF_CAPACITY) {
            Demand demand = new Demand.Open(results.capacity(workload) * percent / 100);
            results.add(Series.open(workload, percent), 1, load.on(server, demand, pacing.longLoad()));
        }
    }

    @Override
    public void close() {
        singles.values().forEach(BareLoop::close);
        loops.values().forEach(BareLoop::close);
    }
}
