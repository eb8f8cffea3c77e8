package dev.headroom.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.headroom.benchmark.LoadOrder.Demand;
import dev.headroom.benchmark.LoadOrder.Time;
import dev.headroom.session.IdentityModel;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The native function by the route and by Funqy's own HTTP binding, in one process and in turns.
 *
 * <p>{@code ./mvnw -Pfunqy-http test-compile surefire:test@default-test -Dtest=FunqyBenchmark -DexcludedGroups= [-Drounds=7] [-Dseconds=3]}
 */
@QuarkusTest
@Tag("benchmark")
@TestProfile(FunqyBenchmark.ServesBothModels.class)
class FunqyBenchmark {

    private static final int ROUNDS = Integer.getInteger("rounds", 7);
    private static final Time TIME = new Time(0.5, Integer.getInteger("seconds", 3));
    private static final Time COLD = new Time(0, 15);

    @TestHTTPResource("/")
    URI root;

    /** Serves a model that does nothing, and the embedded one. */
    public static class ServesBothModels implements QuarkusTestProfile {

        @Override
        public Map<String, String> getConfigOverrides() {
            Path models = Path.of("target/funqy-models").toAbsolutePath();
            Path embedded = models.resolve("all-minilm-l6-v2");
            try {
                IdentityModel.write(models.resolve("identity"));
                Files.deleteIfExists(embedded);
                Files.createSymbolicLink(
                        embedded, Path.of("models/all-minilm-l6-v2").toAbsolutePath());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return Map.of("headroom.models", models.toString());
        }
    }

    /** The service in this process. */
    private record ThisProcess(int port) implements Server {

        @Override
        public long pid() {
            return ProcessHandle.current().pid();
        }

        @Override
        public Batches batches() {
            return Batches.NONE;
        }

        @Override
        public void close() {
            // ends with the test
        }
    }

    @ParameterizedTest
    @CsvSource({"identity, 1", "identity, 32", "all-minilm-l6-v2, 1", "all-minilm-l6-v2, 32"})
    void print(String model, int callers) throws Exception {
        Server server = new ThisProcess(root.getPort());
        Demand demand = new Demand.Closed(callers);
        Load route = Load.of(Workload.TWENTY_WORDS.bodies().stream()
                .map(body -> body.replaceFirst("\\{", "{\"model\":\"" + model + "\","))
                .toList());
        Load funqy = route.at("/infer-by-funqy");
        route.on(server, demand, COLD);
        funqy.on(server, demand, COLD);
        List<Measurement> routes = new ArrayList<>();
        List<Measurement> funqys = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            routes.add(route.on(server, demand, TIME));
            funqys.add(funqy.on(server, demand, TIME));
        }
        assertEquals(0, routes.stream().mapToLong(one -> one.faults().total()).sum());
        assertEquals(0, funqys.stream().mapToLong(one -> one.faults().total()).sum());
        System.out.printf(
                "| %s | %d | %s | %s | %s |%n",
                model,
                callers,
                compared(routes, funqys, Measurement::perSecond),
                compared(routes, funqys, Measurement::p50),
                compared(routes, funqys, Measurement::cpuMicros));
    }

    /** The median of the ratios of Funqy to the route, with the least and the greatest, and the median figure of the route. */
    private static String compared(
            List<Measurement> routes, List<Measurement> funqys, ToDoubleFunction<Measurement> figure) {
        double[] ratios = new double[ROUNDS];
        double[] base = new double[ROUNDS];
        for (int i = 0; i < ROUNDS; i++) {
            base[i] = figure.applyAsDouble(routes.get(i));
            ratios[i] = figure.applyAsDouble(funqys.get(i)) / base[i];
        }
        Arrays.sort(ratios);
        Arrays.sort(base);
        return "x %.2f (%.2f to %.2f) of %.4g"
                .formatted(ratios[ROUNDS / 2], ratios[0], ratios[ROUNDS - 1], base[ROUNDS / 2]);
    }
}
