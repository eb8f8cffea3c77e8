package dev.headroom.half;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.plan.Precision;
import java.io.IOException;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What bfloat16 has otherwise than half precision. */
class Bfloat16GraphTest extends SmallGraphs {

    /** Half precision ends at 65,504. */
    @Test
    void itHoldsWhatHalfPrecisionCannot() throws IOException {
        write(
                17,
                matrix("w", 2_000_000),
                matrix("v", 0.001f),
                node("MatMul", "a", "x", "w"),
                node("MatMul", "y", "a", "v"));
        assertEquals(List.of("Cast", "MatMul", "MatMul", "Cast"), made(Precision.BFLOAT16));
        assertTrue(told.getFirst().startsWith("model_bf16.onnx: "), told.getFirst());
    }

    /** Elu and Clip have no kernel for bfloat16 on a GPU, and Where has one from version 16. */
    @Test
    void whatAGpuLacksStaysInFullPrecision() throws IOException {
        write(
                17,
                matrix("w", 0.2f),
                node("MatMul", "a", "x", "w"),
                node("Elu", "b", "a"),
                node("MatMul", "y", "b", "w"));
        assertEquals(List.of("Cast", "MatMul", "Cast", "Elu", "Cast", "MatMul", "Cast"), made(Precision.BFLOAT16));
        assertTrue(HalfType.BFLOAT16.has("Where", 16));
        assertFalse(HalfType.BFLOAT16.has("Where", 15));
        assertFalse(HalfType.BFLOAT16.has("Clip", 22));
    }

    @Test
    void sumsThatFullPrecisionReadsAreNotRounded() throws IOException {
        write(
                17,
                matrix("w", 0.2f),
                matrix("v", 0.2f),
                node("MatMul", "a", "x", "w"),
                node("MatMul", "b", "x", "v"),
                node("Sub", "c", "a", "b"), // an Add would become a Gemm
                node("Softmax", "y", "c"));
        assertEquals(List.of("Cast", "MatMul", "MatMul", "Cast", "Cast", "Sub", "Softmax"), made(Precision.BFLOAT16));
    }

    /** ONNX Runtime would fuse the cast with the normalisation, and has no kernel for that. */
    @Test
    void whatARootMeanSquareAloneReadsStaysInFullPrecision() throws IOException {
        write(
                17,
                matrix("w", 0.2f),
                matrix("v", 0.2f),
                scalar("two", 2),
                node("MatMul", "a", "x", "w"),
                node("MatMul", "b", "a", "v"),
                node("Pow", "c", "b", "two"),
                node("ReduceMean", "d", "c"),
                node("Sqrt", "e", "d"),
                node("Div", "y", "b", "e"));
        assertEquals(
                List.of("Cast", "MatMul", "Cast", "MatMul", "Pow", "ReduceMean", "Sqrt", "Div"),
                made(Precision.BFLOAT16));
    }

    @Test
    void aGraphOfOldOperatorsIsRefused() throws IOException {
        write(12, matrix("w", 0.2f), node("MatMul", "y", "x", "w"));
        String problem = refused(Precision.BFLOAT16);
        assertEquals(
                "made: model.onnx uses version 12 of ONNX's operators, so that no file in bfloat16 precision is made of it; export it with"
                        + " version 13 or newer.",
                problem);
    }

    /** As numpy and ml_dtypes round. */
    @ParameterizedTest
    @CsvSource({
        "1, 3f80",
        "-1, bf80",
        "1.00390625, 3f80",
        "1.01171875, 3f82",
        "1.00390637, 3f81",
        "3.3895314e38, 7f7f",
        "3.4e38, 7f80",
        "-Infinity, ff80",
        "1e-40, 0001",
        "-0.0, 8000",
    })
    void aNumberIsTheNearestAndOfTwoTheEvenOne(float number, String bits) {
        assertEquals(bits, HexFormat.of().toHexDigits(HalfType.BFLOAT16.bits(number)));
    }
}
