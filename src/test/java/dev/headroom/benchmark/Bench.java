package dev.headroom.benchmark;

import dev.headroom.benchmark.LoadOrder.Demand;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Measures the packaged service against what it is made of, all in one run, and writes what came out.
 *
 * <p>{@code ./mvnw -Pbench verify [-Dbench.seconds=3] [-Dbench.out=docs/benchmarks]}
 */
final class Bench {

    private static final int DIMENSIONS = 384;

    private final Pacing pacing;
    private final Results results = new Results();

    private Bench(Pacing pacing) {
        this.pacing = pacing;
    }

    /** The arguments are the seconds for each point, and the folder for the results. */
    public static void main(String... arguments) throws Exception {
        Locale.setDefault(Locale.ROOT);
        Bench bench = new Bench(new Pacing(Double.parseDouble(arguments[0])));
        bench.contests();
        new Overhead(bench.pacing, bench.results).measure();
        new BatcherAlone(bench.results).measure();
        new Report(bench.results, bench.pacing).write(Path.of(arguments[1]));
    }

    private void contests() throws Exception {
        try (BareModel model = new BareModel()) {
            List<Contest> contests = new ArrayList<>();
            for (Workload workload : Workload.values()) {
                contests.add(new Contest(workload, pacing, results).chooseLoops(model));
            }
            try (HeadroomServer service = new HeadroomServer()) {
                compete(contests, service);
            }
            contests.forEach(Contest::close);
        }
    }

    private void compete(List<Contest> contests, HeadroomServer service) throws IOException, InterruptedException {
        service.answerBytes(Workload.TWENTY_WORDS.bodies().getFirst(), DIMENSIONS);
        // the JVM compiles by the number of requests, and those of one word are many
        Load.of(List.of("{\"inputs\":[\"river\"]}")).on(service, new Demand.Closed(32), pacing.coldLoad());
        for (int round = 1; round <= Pacing.ROUNDS; round++) {
            for (Contest contest : contests) {
                contest.round(round, service);
            }
        }
        for (Contest contest : contests) {
            contest.openLoop(service);
        }
    }
}
