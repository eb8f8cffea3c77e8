package dev.headroom.task;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.model.DenseActivation;
import dev.headroom.model.Layer;
import dev.headroom.model.Pooling;
import dev.headroom.model.TaskSpec;
import dev.headroom.tensor.Datatype;
import dev.headroom.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Outputs become vectors. */
class VectorsTest {

    private static float[] read(Pooling pooling, Tensor output, int tokens, boolean normalize) {
        Options options =
                new Options(Optional.of(normalize), OptionalInt.empty(), Truncation.RIGHT, Optional.empty(), false);
        return new Vectors(new TaskSpec.Vectors(
                        List.of(pooling), true, List.of(new Layer.Normalize()), OptionalInt.empty(), Optional.empty()))
                .read(output, 0, tokens, options);
    }

    /** Values in half precision. */
    private static Tensor half(long[] shape, float... values) {
        ByteBuffer data = ByteBuffer.allocate(values.length * Short.BYTES).order(ByteOrder.nativeOrder());
        for (float value : values) {
            data.putShort(Float.floatToFloat16(value));
        }
        return new Tensor(Datatype.FP16, shape, data.flip());
    }

    /** Of three tokens of which the last pads. */
    @ParameterizedTest
    @CsvSource({"MEAN, 3, 5", "CLS, 1, 2", "LAST_TOKEN, 5, 8"})
    void tokensInHalfPrecisionArePooled(Pooling pooling, float first, float second) {
        Tensor output = half(new long[] {3, 2}, 1, 2, 5, 8, 100, 100);
        assertArrayEquals(new float[] {first, second}, read(pooling, output, 2, false));
    }

    @Test
    void aVectorInHalfPrecisionIsTakenAsItIsOrNormalised() {
        Tensor output = half(new long[] {2}, 3, 4);
        assertArrayEquals(new float[] {3, 4}, read(Pooling.MEAN, output, 1, false));
        assertArrayEquals(new float[] {0.6f, 0.8f}, read(Pooling.MEAN, output, 1, true), 1e-6f);
    }

    @ParameterizedTest
    @CsvSource({"NaN", "Infinity", "-Infinity"})
    void whatOverflowedIsNoAnswer(float value) {
        Tensor output = half(new long[] {2, 2}, 1, 2, 3, value);
        IllegalStateException e = assertThrows(IllegalStateException.class, () -> read(Pooling.MEAN, output, 2, true));
        assertEquals(
                "The output holds %s; if the model is served in half precision set headroom.precision to full"
                        .formatted(value),
                e.getMessage());
    }

    @Test
    void whatOverflowsInALayerIsNoAnswer() {
        Layer huge = new Layer.Dense(1, 1, new float[] {3e38f}, new float[1], DenseActivation.IDENTITY, new float[0]);
        Vectors vectors = new Vectors(
                new TaskSpec.Vectors(List.of(), true, List.of(huge), OptionalInt.empty(), Optional.empty()));
        assertThrows(IllegalStateException.class, () -> vectors.read(half(new long[] {1}, 2), 0, 1, Options.USUAL));
    }

    @Test
    void integersAreNoVector() {
        IllegalStateException e = assertThrows(
                IllegalStateException.class, () -> read(Pooling.MEAN, Tensor.int64(new long[] {1, 2}), 1, false));
        assertTrue(e.getMessage().startsWith("The output is INT64 of shape [2]"), e.getMessage());
    }
}
