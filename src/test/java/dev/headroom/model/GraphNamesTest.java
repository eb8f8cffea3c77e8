package dev.headroom.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.headroom.plan.Precision;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class GraphNamesTest {

    private static Optional<GraphNames> of(String... files) {
        return GraphNames.of("model", List.of(files));
    }

    private static Optional<GraphNames> found(String file, String other, boolean quantised) {
        return Optional.of(new GraphNames(file, other == null ? List.of() : List.of(other), quantised));
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
    void aGraphIsFoundInEveryPrecision() {
        GraphNames names = of("model.onnx", "onnx/model_bf16.onnx", "onnx/model_fp16.onnx", "onnx/model_q4.onnx")
                .orElseThrow();
        assertEquals(
                Map.of(
                        Precision.FULL, "model.onnx",
                        Precision.HALF, "onnx/model_fp16.onnx",
                        Precision.BFLOAT16, "onnx/model_bf16.onnx"),
                names.byPrecision());
        assertEquals(found("onnx/model_bf16.onnx", "onnx/model_bf16.onnx", false), of("onnx/model_bf16.onnx"));
        assertEquals(
                found("onnx/model_quantized.onnx", "onnx/model_bf16.onnx", false),
                of("onnx/model_bf16.onnx", "onnx/model_quantized.onnx"),
                "a CPU does not run bfloat16");
        assertEquals(
                List.of("sub/mine_bf16.onnx"),
                GraphNames.beside(
                                "sub/mine.onnx",
                                Set.of("sub/mine.onnx", "sub/mine_bf16.onnx", "mine_fp16.onnx")::contains)
                        .others());
    }

    @Test
    void otherFilesAreNoGraphsOfThatName() {
        assertEquals(
                Optional.empty(),
                of("onnx/decoder_model.onnx", "model.bin", "deep/onnx/model.onnx", "onnx/x/model_a.onnx"));
    }
}
