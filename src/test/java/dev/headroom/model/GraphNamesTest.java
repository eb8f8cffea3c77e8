package dev.headroom.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class GraphNamesTest {

    private static Optional<GraphNames> of(String... files) {
        return GraphNames.of("model", List.of(files));
    }

    private static Optional<GraphNames> found(String file, String half, boolean reduced) {
        return Optional.of(new GraphNames(file, Optional.ofNullable(half), reduced));
    }

    @Test
    void theExactNameComesFirstThenOptimisedThenHalfThenQuantised() {
        assertEquals(found("model.onnx", null, false), of("onnx/model.onnx", "model.onnx"));
        assertEquals(
                found("onnx/model.onnx", "onnx/model_fp16.onnx", false),
                of("onnx/model_O2.onnx", "onnx/model_fp16.onnx", "onnx/model.onnx", "onnx/model_quantized.onnx"));
        assertEquals(
                found("onnx/model_O2.onnx", "onnx/model_fp16.onnx", false),
                of("onnx/model_O2.onnx", "onnx/model_O3.onnx", "onnx/model_fp16.onnx"));
        assertEquals(
                found("onnx/model_fp16.onnx", "onnx/model_fp16.onnx", false),
                of("onnx/model_bnb4.onnx", "onnx/model_fp16.onnx", "onnx/model_quantized.onnx"));
        assertEquals(
                found("onnx/model_quantized.onnx", null, true),
                of("onnx/model_bnb4.onnx", "onnx/model_O4.onnx", "onnx/model_uint8.onnx", "onnx/model_quantized.onnx"));
        assertEquals(
                found("onnx/model_qint8_arm64.onnx", null, true),
                of("onnx/model_q4.onnx", "onnx/model_qint8_avx2.onnx", "onnx/model_qint8_arm64.onnx"));
    }

    @Test
    void otherFilesAreNoGraphsOfThatName() {
        assertEquals(
                Optional.empty(),
                of("onnx/decoder_model.onnx", "model.bin", "deep/onnx/model.onnx", "onnx/x/model_a.onnx"));
    }
}
