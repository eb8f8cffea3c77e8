package dev.headroom.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.headroom.benchmark.LoadOrder.Demand;
import dev.headroom.benchmark.LoadOrder.Time;
import dev.headroom.session.IdentityModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The processor time and the heap that a request takes at each door: a model that does nothing, 32 callers, all doors in
 * turns. With {@code before}, the folder quarkus-app of another build, both builds in turns and the ratios.
 *
 * <p>{@code ./mvnw test-compile surefire:test@default-test -Dtest=RequestBenchmark -DexcludedGroups= [-Drounds=5]
 * [-Dseconds=3] [-Dcold=20] [-Dbefore=...]}
 */
@Tag("benchmark")
class RequestBenchmark {

    private static final int ROUNDS = Integer.getInteger("rounds", 5);
    private static final Time TIME = new Time(0.5, Integer.getInteger("seconds", 3));
    private static final Time COLD = new Time(0, Integer.getInteger("cold", 20));
    private static final Demand CALLERS = new Demand.Closed(32);
    private static final int TOKENS = 20;

    /** As the image runs it. */
    private static final String[] JVM = {"-XX:+UseSerialGC", "-Xmx1g"};

    @TempDir
    Path models;

    /** The doors; the route is a bare Vert.x server. */
    enum Door {
        ROUTE,
        INFER,
        V2_JSON,
        V2_BINARY,
        GRPC
    }

    /** A server with a counter of its heap. */
    private record Measured(Server server, AllocatedBytes allocated) implements AutoCloseable {

        Measured(Server server) throws IOException {
            this(server, new AllocatedBytes(server.pid()));
        }

        Cost cost(Load load, Time time) throws Exception {
            ProcFigures figures = new ProcFigures(server.pid());
            long bytes = allocated.soFar();
            double micros = figures.serviceMicros();
            Measurement measured = load.on(server, CALLERS, time);
            assertEquals(0, measured.faults().total());
            double sent = measured.effort().sent();
            return new Cost(
                    (figures.serviceMicros() - micros) / sent,
                    (allocated.soFar() - bytes) / sent,
                    measured.perSecond());
        }

        @Override
        public void close() throws IOException {
            allocated.close();
            server.close();
        }
    }

    /** What a request takes: microseconds of processor time and bytes of heap. */
    private record Cost(double micros, double bytes, double perSecond) {}

    /** The costs of a door, one for each round. */
    private record Costs(List<Cost> rounds) {

        double median(ToDoubleFunction<Cost> figure) {
            return Results.median(rounds.stream().mapToDouble(figure));
        }

        /** The median of the ratios to what was measured beside it. */
        String to(Costs before, ToDoubleFunction<Cost> figure) {
            double[] ratios = IntStream.range(0, rounds.size())
                    .mapToDouble(i -> figure.applyAsDouble(rounds.get(i)) / figure.applyAsDouble(before.rounds.get(i)))
                    .sorted()
                    .toArray();
            return "x %.2f (%.2f to %.2f)"
                    .formatted(Results.median(Arrays.stream(ratios)), ratios[0], ratios[ratios.length - 1]);
        }
    }

    @Test
    void print() throws Exception {
        IdentityModel.write(models.resolve("identity"));
        String before = System.getProperty("before", "");
        try (Measured route = new Measured(new BareRouteServer(150));
                Measured service = service(Path.of("target/quarkus-app"));
                Measured other = before.isEmpty() ? null : service(Path.of(before))) {
            for (Door door : Door.values()) {
                print(door, door == Door.ROUTE ? route : service, door == Door.ROUTE ? null : other);
            }
        }
    }

    private Measured service(Path build) throws IOException {
        String[] options = Arrays.copyOf(JVM, JVM.length + 1);
        options[JVM.length] = "headroom.models=" + models;
        return new Measured(new HeadroomServer(build, options));
    }

    private static void print(Door door, Measured service, Measured other) throws Exception {
        Load load = load(door);
        List<Cost> costs = new ArrayList<>();
        List<Cost> others = new ArrayList<>();
        service.cost(load, COLD);
        if (other != null) {
            other.cost(load, COLD);
        }
        for (int round = 0; round < ROUNDS; round++) {
            costs.add(service.cost(load, TIME));
            if (other != null) {
                others.add(other.cost(load, TIME));
            }
        }
        Costs here = new Costs(costs);
        System.out.printf(
                "| %s | %.0f us | %.1f KB | %.0f/s |",
                door, here.median(Cost::micros), here.median(Cost::bytes) / 1000, here.median(Cost::perSecond));
        if (other != null) {
            Costs there = new Costs(others);
            System.out.printf(
                    " %s | %s | of %.0f us, %.1f KB |",
                    here.to(there, Cost::micros),
                    here.to(there, Cost::bytes),
                    there.median(Cost::micros),
                    there.median(Cost::bytes) / 1000);
        }
        System.out.println();
    }

    private static Load load(Door door) throws IOException {
        String path = "/v2/models/identity/infer";
        return switch (door) {
            case ROUTE, INFER -> Load.of(Workload.TWENTY_WORDS.bodies());
            case V2_JSON ->
                Load.of(List.of(tensor("\"data\":" + numbers()) + "]}")).at(path);
            case V2_BINARY -> {
                String json = tensor("\"parameters\":{\"binary_data_size\":" + Long.BYTES * TOKENS + "}")
                        + "],\"parameters\":{\"binary_data_output\":true}}";
                yield Load.of(List.of(json + elements()))
                        .at(path)
                        .with("Inference-Header-Content-Length: " + json.length());
            }
            case GRPC -> Load.of(List.of(elements())).at("identity").by(GrpcLoadClient.class);
        };
    }

    private static String tensor(String values) {
        return "{\"inputs\":[{\"name\":\"input_ids\",\"datatype\":\"INT64\",\"shape\":[1,%d],%s}"
                .formatted(TOKENS, values);
    }

    private static List<Integer> numbers() {
        return IntStream.range(0, TOKENS).map(i -> 1 + i % 2).boxed().toList();
    }

    /** The same numbers as bytes, which are ASCII without the end of a line. */
    private static String elements() {
        StringBuilder bytes = new StringBuilder();
        numbers().forEach(number -> bytes.append((char) number.intValue()).append("\0".repeat(Long.BYTES - 1)));
        return bytes.toString();
    }
}
