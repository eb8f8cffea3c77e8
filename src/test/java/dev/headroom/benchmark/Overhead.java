package dev.headroom.benchmark;

import dev.headroom.benchmark.LoadOrder.Demand;
import dev.headroom.benchmark.LoadOrder.Time;
import dev.headroom.benchmark.Series.Part;
import dev.headroom.session.IdentityModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Measures the cost of the service itself: a model that does nothing, against a route that does nothing, in turns. */
record Overhead(Pacing pacing, Results results) {

    static final int CALLERS = 32;

    private static final Demand DEMAND = new Demand.Closed(CALLERS);

    void measure() throws IOException, InterruptedException {
        List<String> bodies = Workload.TWENTY_WORDS.bodies();
        Path models = Files.createTempDirectory("headroom-bench");
        IdentityModel.write(models.resolve("identity"));
        try (HeadroomServer service = new HeadroomServer("headroom.models=" + models);
                Server route = new BareRouteServer(service.answerBytes(bodies.getFirst(), IdentityModel.DIMENSIONS))) {
            Load load = Load.of(bodies);
            load.on(service, DEMAND, pacing.coldLoad());
            load.on(route, DEMAND, pacing.coldLoad());
            for (int round = 1; round <= Pacing.ROUNDS; round++) {
                Time time = pacing.load();
                results.add(Series.overhead(Part.ROUTE), round, load.on(route, DEMAND, time));
                results.add(Series.overhead(Part.IDENTITY), round, load.on(service, DEMAND, time));
            }
        } finally {
            IdentityModel.delete(models.resolve("identity"));
            Files.delete(models);
        }
    }
}
