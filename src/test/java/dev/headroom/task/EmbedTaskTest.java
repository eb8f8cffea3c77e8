package dev.headroom.task;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OnnxJavaType;
import dev.headroom.model.ModelRepository;
import dev.headroom.model.Pooling;
import dev.headroom.model.TaskSpec;
import dev.headroom.model.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Outputs become vectors; the tokeniser is there but has nothing to do. */
class EmbedTaskTest {

    private static final TaskSpec.Embed SPEC = (TaskSpec.Embed)
            ModelRepository.read(Path.of("models/all-minilm-l6-v2")).task();

    private static EmbedTask task(Pooling pooling) {
        return new EmbedTask(
                new TaskSpec.Embed(SPEC.tokenizer(), SPEC.text(), pooling, true, SPEC.inputs(), SPEC.output()),
                List.of("input_ids"));
    }

    /** Values in half precision. */
    private static Tensor half(long[] shape, float... values) {
        ByteBuffer data = ByteBuffer.allocate(values.length * Short.BYTES).order(ByteOrder.nativeOrder());
        for (float value : values) {
            data.putShort(Float.floatToFloat16(value));
        }
        return new Tensor(OnnxJavaType.FLOAT16, shape, data.flip());
    }

    /** Of three tokens of which the last pads. */
    @ParameterizedTest
    @CsvSource({"MEAN, 3, 5", "CLS, 1, 2", "LAST_TOKEN, 5, 8"})
    void tokensInHalfPrecisionArePooled(Pooling pooling, float first, float second) {
        Tensor output = half(new long[] {3, 2}, 1, 2, 5, 8, 100, 100);
        assertArrayEquals(new float[] {first, second}, task(pooling).vector(output, 2, false));
    }

    @Test
    void aVectorInHalfPrecisionIsTakenAsItIsOrNormalised() {
        Tensor output = half(new long[] {2}, 3, 4);
        assertArrayEquals(new float[] {3, 4}, task(Pooling.MEAN).vector(output, 1, false));
        assertArrayEquals(new float[] {0.6f, 0.8f}, task(Pooling.MEAN).vector(output, 1, true), 1e-6f);
    }

    @ParameterizedTest
    @CsvSource({"NaN", "Infinity", "-Infinity"})
    void whatOverflowedIsNoAnswer(float value) {
        Tensor output = half(new long[] {2, 2}, 1, 2, 3, value);
        IllegalStateException e = assertThrows(
                IllegalStateException.class, () -> task(Pooling.MEAN).vector(output, 2, true));
        assertEquals(
                "The output holds %s; if the model is served in half precision set headroom.precision to full"
                        .formatted(value),
                e.getMessage());
    }

    @Test
    void integersAreNoVector() {
        IllegalStateException e = assertThrows(
                IllegalStateException.class,
                () -> task(Pooling.MEAN).vector(Tensor.int64(new long[] {1, 2}), 1, false));
        assertTrue(e.getMessage().startsWith("The output is INT64 of shape [2]"), e.getMessage());
    }
}
