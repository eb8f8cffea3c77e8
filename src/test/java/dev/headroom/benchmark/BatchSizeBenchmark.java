package dev.headroom.benchmark;

import dev.headroom.model.ModelRepository;
import dev.headroom.model.ModelSpec;
import dev.headroom.session.BatchOutput;
import dev.headroom.session.DeviceThread;
import dev.headroom.session.ExecutionProvider.Cpu;
import dev.headroom.session.Model;
import dev.headroom.session.OnnxModel;
import dev.headroom.session.RunFailedException;
import dev.headroom.tensor.Row;
import dev.headroom.tensor.Tensor;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Measures the gain of a larger batch: items/s by batch size, as a ratio to a batch of one in the same run.
 *
 * <p>{@code ./mvnw test-compile surefire:test@default-test -Dtest=BatchSizeBenchmark -DexcludedGroups=}
 */
@Tag("benchmark")
class BatchSizeBenchmark {

    private static final long SECONDS = 3;

    @Test
    void print() {
        ModelSpec spec = new ModelRepository(Path.of("models")).scan().getFirst();
        int threads = Runtime.getRuntime().availableProcessors();
        try (DeviceThread device = new DeviceThread("benchmark")) {
            Model model = device.call(() -> OnnxModel.open(spec, new Cpu(threads)));
            device.run(() -> {
                for (int tokens : new int[] {8, 32, 256}) {
                    double one = itemsPerSecond(model, 1, tokens);
                    System.out.printf("%d threads, %d tokens: batch 1 runs %.1f items/s%n", threads, tokens, one);
                    for (int batch = 2; batch <= 64; batch *= 2) {
                        double rate = itemsPerSecond(model, batch, tokens);
                        System.out.printf("  batch %2d: %6.1f items/s, x %.2f%n", batch, rate, rate / one);
                    }
                }
            });
            device.run(model::close);
        }
    }

    private static double itemsPerSecond(Model model, int batch, int tokens) {
        List<Row> rows = Collections.nCopies(batch, row(tokens));
        run(model, rows);
        long start = System.nanoTime();
        long items = 0;
        while (System.nanoTime() - start < SECONDS * 1_000_000_000L) {
            run(model, rows);
            items += batch;
        }
        return items * 1e9 / (System.nanoTime() - start);
    }

    private static void run(Model model, List<Row> rows) {
        try (BatchOutput _ = model.run(rows)) {
            // only the run is timed
        } catch (RunFailedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Row row(int tokens) {
        long[] mask = new long[tokens];
        Arrays.fill(mask, 1);
        long[] ids = LongStream.range(1000, 1000 + tokens).toArray();
        return new Row(List.of(Tensor.int64(ids), Tensor.int64(mask), Tensor.int64(new long[tokens])));
    }
}
