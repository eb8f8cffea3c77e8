package dev.headroom.calibration;

import dev.headroom.device.DeviceMemory;
import dev.headroom.gate.Gate;
import dev.headroom.measured.Calibration;
import dev.headroom.measured.Sample;
import dev.headroom.model.ModelRepository;
import dev.headroom.model.ModelSpec;
import dev.headroom.session.DeviceThread;
import dev.headroom.session.ExecutionProvider.Cpu;
import dev.headroom.session.OnnxModel;
import dev.headroom.session.RunFailedException;
import dev.headroom.tensor.Row;
import dev.headroom.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Calibrates all-MiniLM-L6-v2 again and again, alone and beside busy neighbours, by the processor's clock and by the wall
 * clock in turns, and prints the knees that were found.
 *
 * <p>{@code ./mvnw test-compile surefire:test@default-test -Dtest=CalibrationNoiseBenchmark -DexcludedGroups= [-Drounds=5]
 * [-Dneighbours=2]}
 */
@Tag("benchmark")
class CalibrationNoiseBenchmark {

    private static final int TOKENS = 256;

    @Test
    void print() throws Exception {
        ModelSpec spec = new ModelRepository(Path.of("models")).scan().getFirst();
        try (DeviceThread device = new DeviceThread("benchmark")) {
            OnnxModel model = device.call(() -> OnnxModel.open(spec, new Cpu(1)));
            for (int round = 0; round < Integer.getInteger("rounds", 5); round++) {
                sweep("alone", model, device, new RunClock.Processor());
                List<Process> neighbours = neighbours();
                sweep("neighbours", model, device, new RunClock.Processor());
                sweep("neighbours, wall clock", model, device, new RunClock.Wall());
                neighbours.forEach(Process::destroy);
            }
            device.run(model::close);
        }
    }

    private static void sweep(String what, OnnxModel model, DeviceThread device, RunClock clock) throws Exception {
        CalibrationRows rows = CalibrationRows.upTo(TOKENS, length -> row((int) length));
        Calibrator calibrator = new Calibrator(model, rows, DeviceMemory.UNKNOWN, 0, () -> clock, clock);
        device.run(() -> {
            try {
                calibrator.warmUp(output -> {});
            } catch (RunFailedException e) {
                throw new IllegalStateException(e);
            }
        });
        long start = System.nanoTime();
        Calibration measured = calibrator.sweep(
                new Gate(device, DeviceMemory.UNKNOWN),
                new CalibrationBudget(1L << 40, Duration.ofSeconds(1)),
                () -> Duration.ofDays(1));
        System.out.printf(
                "%-22s %4.1f s, knees %s of %s%n",
                what,
                (System.nanoTime() - start) / 1e9,
                measured.knees().stream()
                        .map(knee -> knee.batch() + " x " + knee.length())
                        .toList(),
                measured.samples().stream()
                        .collect(Collectors.groupingBy(
                                Sample::length,
                                Collectors.mapping(
                                        s -> "%d:%.0f".formatted(s.batch(), s.itemsPerSecond()),
                                        Collectors.joining(" ")))));
    }

    private static List<Process> neighbours() throws IOException {
        List<Process> started = new ArrayList<>();
        for (int i = 0; i < Integer.getInteger("neighbours", 2); i++) {
            started.add(new ProcessBuilder("sh", "-c", "while :; do :; done").start());
        }
        return started;
    }

    private static Row row(int tokens) {
        long[] mask = new long[tokens];
        Arrays.fill(mask, 1);
        long[] ids = LongStream.range(1000, 1000 + tokens).toArray();
        return new Row(List.of(Tensor.int64(ids), Tensor.int64(mask), Tensor.int64(new long[tokens])));
    }
}
