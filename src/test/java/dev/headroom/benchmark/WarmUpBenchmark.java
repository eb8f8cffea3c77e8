package dev.headroom.benchmark;

import dev.headroom.benchmark.LoadOrder.Demand;
import dev.headroom.benchmark.LoadOrder.Time;
import dev.headroom.session.IdentityModel;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * How soon a service that a burst has woken comes to its full speed: 32 callers from the moment at which it listens, with a
 * model that takes no time. The image's folder, {@code java -jar}, and with {@code before} the image's folder of another build,
 * in turns.
 *
 * <p>{@code ./mvnw -DskipTests package && ./mvnw test-compile surefire:test@default-test -Dtest=WarmUpBenchmark
 * -DexcludedGroups= [-Drounds=3] [-Dbefore=...]}
 */
@Tag("benchmark")
class WarmUpBenchmark {

    private static final int ROUNDS = Integer.getInteger("rounds", 3);
    private static final Demand CALLERS = new Demand.Closed(32);

    /** The parts of the load, in seconds. */
    private static final List<Integer> PARTS = List.of(1, 2, 3, 4, 5, 5);

    @TempDir
    Path models;

    @Test
    void print() throws Exception {
        IdentityModel.write(models.resolve("identity"));
        Map<ColdStart, List<List<Double>>> all = new LinkedHashMap<>();
        starts().forEach(start -> all.put(start, new ArrayList<>()));
        Load load = Load.of(Workload.TWENTY_WORDS.bodies());
        for (int round = 0; round < ROUNDS; round++) {
            for (Map.Entry<ColdStart, List<List<Double>>> start : all.entrySet()) {
                start.getValue().add(rates(start.getKey(), load));
            }
        }
        System.out.println(Machine.describe());
        System.out.println(table(all));
    }

    private static List<ColdStart> starts() {
        List<ColdStart> starts =
                new ArrayList<>(List.of(ColdStart.image("image", Path.of("target/image/headroom")), ColdStart.jar()));
        ColdStart.before().ifPresent(starts::add);
        return starts;
    }

    /** Answers a second in each part. */
    private List<Double> rates(ColdStart start, Load load) throws IOException, InterruptedException {
        Process process = start.process(Map.of("HEADROOM_MODELS", models.toString(), "HEADROOM_CALIBRATION", "off"));
        try {
            BufferedReader log = process.inputReader();
            int port = start.port(log);
            Thread.ofVirtual().start(() -> log.lines().forEach(_ -> {})); // else the service waits for its reader
            List<Double> rates = new ArrayList<>();
            for (int seconds : PARTS) {
                rates.add(LoadClient.put(load.order(port, CALLERS, new Time(0, seconds)))
                        .perSecond());
            }
            return rates;
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    private static String table(Map<ColdStart, List<List<Double>>> all) {
        List<String> heads = new ArrayList<>(List.of("answers a second in"));
        int from = 0;
        for (int seconds : PARTS) {
            heads.add("%d to %d s".formatted(from, from += seconds));
        }
        List<List<String>> rows = all.entrySet().stream()
                .map(start -> row(start.getKey().name(), start.getValue()))
                .toList();
        return new Markdown().table(heads, rows).toString();
    }

    private static List<String> row(String name, List<List<Double>> rounds) {
        List<String> cells = new ArrayList<>(List.of(name));
        IntStream.range(0, PARTS.size())
                .mapToObj(part ->
                        "%.0f".formatted(Results.median(rounds.stream().mapToDouble(rates -> rates.get(part)))))
                .forEach(cells::add);
        return cells;
    }
}
