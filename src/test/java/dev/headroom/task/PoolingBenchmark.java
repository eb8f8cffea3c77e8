package dev.headroom.task;

import dev.headroom.model.DenseActivation;
import dev.headroom.model.Layer;
import dev.headroom.model.ModelRepository;
import dev.headroom.model.ModelSpec;
import dev.headroom.model.Pooling;
import dev.headroom.model.TaskSpec;
import dev.headroom.session.BatchOutput;
import dev.headroom.session.ExecutionProvider.Cpu;
import dev.headroom.session.OnnxModel;
import dev.headroom.session.RunFailedException;
import dev.headroom.tensor.BrainFloat;
import dev.headroom.tensor.Datatype;
import dev.headroom.tensor.Row;
import dev.headroom.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleSupplier;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Measures the pooling in Java against the pooling in the graph on a CPU, and half precision read in Java against full. Each pair
 * runs in turns in one process; the median of the ratios is printed, and the quartiles.
 *
 * <p>{@code ./mvnw test-compile surefire:test@default-test -Dtest=PoolingBenchmark -DexcludedGroups=}
 */
@Tag("benchmark")
class PoolingBenchmark {

    private static final int TOKENS = 256;
    private static final int WIDTH = 384;
    private static final int ROUNDS = 41;
    private static final int TEXTS = 100;

    private float used;

    @Test
    void inTheGraphAgainstJava() {
        ModelSpec plain =
                ModelRepository.graphs(Path.of("models/all-minilm-l6-v2")).getFirst();
        Layer dense = new Layer.Dense(
                WIDTH, 2 * WIDTH, random(2 * WIDTH * WIDTH), random(2 * WIDTH), DenseActivation.TANH, new float[0]);
        for (List<Layer> layers :
                List.of(List.<Layer>of(new Layer.Normalize()), List.of(dense, new Layer.Normalize()))) {
            ModelSpec spec = OpenedModel.with(plain, List.of(Pooling.MEAN), layers);
            TaskSpec.Vectors vectors = ((TaskSpec.Embed) spec.task()).vectors();
            try (OnnxModel java = OnnxModel.open(spec, new Cpu(1));
                    OnnxModel graph = OnnxModel.open(spec.pooledInGraph(), new Cpu(1))) {
                Vectors inJava = Vectors.of(vectors, java.ports().ofTask());
                Vectors inGraph = Vectors.of(vectors, graph.ports().ofTask());
                for (int[] shape : new int[][] {{1, 8}, {32, 8}, {8, 32}, {1, 256}, {8, 256}}) {
                    List<Row> rows = Collections.nCopies(shape[0], row(shape[1]));
                    compare(
                            "%d layers, %d x %d tokens, graph to Java".formatted(layers.size(), shape[0], shape[1]),
                            () -> nanos(graph, inGraph, rows),
                            () -> nanos(java, inJava, rows));
                }
            }
        }
    }

    @Test
    void halfPrecisionAgainstFull() {
        Tensor full = tensor(Datatype.FP32);
        for (Datatype half : List.of(Datatype.FP16, Datatype.BF16)) {
            Tensor other = tensor(half);
            compare(half + " to FP32, %d tokens".formatted(TOKENS), () -> nanos(other), () -> nanos(full));
        }
    }

    private void compare(String what, DoubleSupplier one, DoubleSupplier other) {
        double[] ratios = new double[ROUNDS];
        double nanos = 0;
        for (int round = -ROUNDS; round < ROUNDS; round++) {
            double measured = one.getAsDouble();
            double ratio = measured / other.getAsDouble();
            if (round >= 0) {
                ratios[round] = ratio;
                nanos += measured / ROUNDS;
            }
        }
        Arrays.sort(ratios);
        System.out.printf(
                "%s: x %.3f (%.3f to %.3f), %.1f us%n",
                what, ratios[ROUNDS / 2], ratios[ROUNDS / 4], ratios[ROUNDS * 3 / 4], nanos / 1e3);
    }

    private double nanos(OnnxModel model, Vectors vectors, List<Row> rows) {
        long start = System.nanoTime();
        try (BatchOutput output = model.run(rows)) {
            for (int i = 0; i < rows.size(); i++) {
                Tensor share = output.rows().get(i).getFirst();
                used += vectors.read(share, 0, rows.get(i).tokens(), Options.USUAL)[0];
            }
        } catch (RunFailedException e) {
            throw new IllegalStateException(e);
        }
        return System.nanoTime() - start;
    }

    private double nanos(Tensor tensor) {
        float[] token = new float[WIDTH];
        long start = System.nanoTime();
        for (int text = 0; text < TEXTS; text++) {
            for (int t = 0; t < TOKENS; t++) {
                tensor.read(t * WIDTH, token);
                used += token[t];
            }
        }
        return (System.nanoTime() - start) / (double) TEXTS;
    }

    private static Row row(int tokens) {
        long[] mask = new long[tokens];
        Arrays.fill(mask, 1);
        long[] ids = LongStream.range(1000, 1000 + tokens).toArray();
        return new Row(List.of(Tensor.int64(ids), Tensor.int64(mask), Tensor.int64(new long[tokens])));
    }

    private static float[] random(int count) {
        Random random = new Random(count);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = random.nextFloat() - 0.5f;
        }
        return values;
    }

    private static Tensor tensor(Datatype datatype) {
        ByteBuffer data =
                ByteBuffer.allocateDirect(TOKENS * WIDTH * datatype.bytes).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : random(TOKENS * WIDTH)) {
            switch (datatype) {
                case FP16 -> data.putShort(Float.floatToFloat16(value));
                case BF16 -> data.putShort(BrainFloat.of(value));
                default -> data.putFloat(value);
            }
        }
        return new Tensor(datatype, new long[] {TOKENS, WIDTH}, data.flip());
    }
}
