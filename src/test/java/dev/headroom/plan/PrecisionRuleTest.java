package dev.headroom.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.settings.PlanRefusedException;
import dev.headroom.settings.PrecisionMode;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PrecisionRuleTest {

    private static final Map<Precision, String> BOTH = Map.of(Precision.FULL, "m.onnx", Precision.HALF, "m_fp16.onnx");
    private static final Map<Precision, String> FULL = Map.of(Precision.FULL, "m.onnx");
    private static final Map<Precision, String> HALF = Map.of(Precision.HALF, "m_fp16.onnx");

    private static final ServingDevice CPU = new ServingDevice(false, "CPU", "", 1L << 30, 1L << 30, "test");
    private static final ServingDevice L4 = gpu("8.9");

    private static ServingDevice gpu(String computeCapability) {
        return new ServingDevice(true, "a GPU", computeCapability, 24L << 30, 24L << 30, "test");
    }

    private static PrecisionSetting choose(PrecisionMode mode, ServingDevice device, Map<Precision, String> files) {
        return new PrecisionRule(mode, device).choose("m", files);
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({
        "7.0, half",
        "7.5, half",
        "8.9, half",
        "9.0, half",
        "10.0, half",
        "12.1, half",
        "6.1, full",
        "5.3, full",
        "'', full",
        "N/A, full",
        "1e9, full",
    })
    void halfPrecisionIsForGpusOfVoltaAndNewer(String computeCapability, String precision) {
        PrecisionSetting chosen = choose(PrecisionMode.AUTO, gpu(computeCapability), BOTH);
        assertEquals(precision, chosen.value().toString());
        assertEquals(BOTH.get(chosen.value()), chosen.file());
        assertEquals(Source.DEFAULT, chosen.source());
    }

    /** Half precision is more exact, and a file of it that exists has been held against full precision. */
    @ParameterizedTest(name = "{0} of {1}: {2}")
    @CsvSource({
        "8.0, m.onnx m_bf16.onnx, bfloat16",
        "9.0, m_bf16.onnx, bfloat16",
        "8.9, m.onnx m_fp16.onnx m_bf16.onnx, half",
        "7.5, m.onnx m_fp16.onnx m_bf16.onnx, half",
        "7.5, m.onnx m_bf16.onnx, full",
        "6.1, m_fp16.onnx m_bf16.onnx, half",
        "'', m.onnx m_bf16.onnx, full",
        "'', m_fp16.onnx m_bf16.onnx, half",
    })
    void bfloat16IsForGpusOfAmpereAndNewer(String computeCapability, String files, String precision) {
        PrecisionSetting chosen = choose(PrecisionMode.AUTO, gpu(computeCapability), named(files));
        assertEquals(precision, chosen.value().toString());
        assertTrue(files.contains(chosen.file()), chosen.file());
    }

    private static Map<Precision, String> named(String files) {
        return Stream.of(files.split(" ")).collect(Collectors.toMap(Precision::of, file -> file));
    }

    @Test
    void bfloat16IsRefusedWhereItDoesNotRun() {
        String rule = "bfloat16 precision is for GPUs of compute capability 8.0 and newer";
        Map<Precision, String> both = named("m.onnx m_bf16.onnx");
        assertEquals(rule, choose(PrecisionMode.AUTO, CPU, both).reason());
        assertEquals(
                rule + "; this one has 7.5",
                choose(PrecisionMode.AUTO, gpu("7.5"), both).reason());
        PlanRefusedException e =
                assertThrows(PlanRefusedException.class, () -> choose(PrecisionMode.AUTO, CPU, named("m_bf16.onnx")));
        assertEquals(
                "The folder of m has only m_bf16.onnx, and " + rule + ": put the file in full precision there.",
                e.getMessage());
        e = assertThrows(PlanRefusedException.class, () -> choose(PrecisionMode.BFLOAT16, gpu("7.5"), both));
        assertEquals(
                "headroom.precision is bfloat16, but " + rule
                        + "; this one has 7.5: set headroom.precision to auto, which serves the file in full precision on other devices.",
                e.getMessage());
        assertEquals(Source.SET, choose(PrecisionMode.BFLOAT16, gpu(""), both).source(), "nothing is known against it");
    }

    /** Files are found, and downloaded, before a GPU was tried. */
    @Test
    void whatTheOperatorSetsIsFoundWhateverTheGpus() {
        PrecisionRule likely = PrecisionRule.likely(PrecisionMode.BFLOAT16, List.of());
        assertEquals(
                "m_bf16.onnx", likely.choose("m", named("m.onnx m_bf16.onnx")).file());
        PlanRefusedException e =
                assertThrows(PlanRefusedException.class, () -> likely.choose("m", named("m.onnx m_fp16.onnx")));
        assertTrue(e.getMessage().contains("put a file in bfloat16 precision there"), e.getMessage());
    }

    @Test
    void theReasonHasTheNumbersItFollowsFrom() {
        String rule = "half precision is for GPUs of compute capability 7.0 and newer";
        assertEquals(
                rule + "; this one has 8.9",
                choose(PrecisionMode.AUTO, L4, BOTH).reason());
        assertEquals(
                rule + "; this one has 6.1",
                choose(PrecisionMode.AUTO, gpu("6.1"), BOTH).reason());
        assertEquals(
                rule + "; that of this GPU is not known",
                choose(PrecisionMode.AUTO, gpu(""), BOTH).reason());
        assertEquals(rule, choose(PrecisionMode.AUTO, CPU, BOTH).reason());
    }

    @Test
    void aCpuIsServedInFullPrecision() {
        assertEquals(Precision.FULL, choose(PrecisionMode.AUTO, CPU, BOTH).value());
    }

    @Test
    void theOnlyFileIsServedOnAnyDevice() {
        PrecisionSetting half = choose(PrecisionMode.AUTO, CPU, HALF);
        assertEquals(Precision.HALF, half.value());
        assertTrue(half.reason().contains("no other file"), half.reason());
        PrecisionSetting full = choose(PrecisionMode.AUTO, L4, FULL);
        assertEquals(Precision.FULL, full.value());
        assertEquals("the folder has no file in half precision", full.reason());
    }

    @Test
    void whatIsSetIsServedOnAnyDevice() {
        PrecisionSetting half = choose(PrecisionMode.HALF, CPU, BOTH);
        assertEquals(
                new PrecisionSetting(Precision.HALF, "m_fp16.onnx", Source.SET, "set by headroom.precision"), half);
        assertEquals(Precision.FULL, choose(PrecisionMode.FULL, L4, BOTH).value());
    }

    @Test
    void whatIsSetAndMissingIsRefusedWithTheRemedy() {
        PlanRefusedException e = assertThrows(PlanRefusedException.class, () -> choose(PrecisionMode.HALF, L4, FULL));
        assertEquals(
                "headroom.precision is half, but the folder of m has only m.onnx: put a file in half precision there, or"
                        + " set headroom.precision to auto.",
                e.getMessage());
        e = assertThrows(PlanRefusedException.class, () -> choose(PrecisionMode.FULL, CPU, HALF));
        assertTrue(e.getMessage().contains("has only m_fp16.onnx: put a file in full precision there"), e.getMessage());
    }
}
