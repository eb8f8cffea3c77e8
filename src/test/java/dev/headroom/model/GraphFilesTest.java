package dev.headroom.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.model.file.BrokenModelException;
import dev.headroom.plan.Precision;
import dev.headroom.plan.PrecisionRule;
import dev.headroom.plan.ServingDevice;
import dev.headroom.settings.PlanRefusedException;
import dev.headroom.settings.PrecisionMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which file of a model's folder is served, and that all else follows from it. */
class GraphFilesTest {

    private static final ServingDevice CPU = new ServingDevice(false, "CPU", "", 1L << 30, 1L << 30, "test");
    private static final ServingDevice L4 = new ServingDevice(true, "L4", "8.9", 24L << 30, 24L << 30, "test");

    @TempDir
    Path folder;

    @BeforeEach
    void writeATokenizer() throws IOException {
        write("tokenizer.json", "{}");
    }

    private void write(String file, String content) throws IOException {
        Path path = folder.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, content);
    }

    private void writeAll(String files) throws IOException {
        for (String file : files.split(" ")) {
            write(file, file);
        }
    }

    private ModelSpec on(ServingDevice device) {
        return served(PrecisionMode.AUTO, device);
    }

    private ModelSpec served(PrecisionMode mode, ServingDevice device) {
        return ModelRepository.graphs(folder).getFirst().by(new PrecisionRule(mode, device));
    }

    @ParameterizedTest(name = "{0}: {1} on a CPU, {2} on a GPU")
    @CsvSource({
        "model.onnx, model.onnx, model.onnx",
        "model.onnx model_fp16.onnx, model.onnx, model_fp16.onnx",
        "onnx/model.onnx onnx/model_fp16.onnx, onnx/model.onnx, onnx/model_fp16.onnx",
        "model.onnx onnx/model_fp16.onnx, model.onnx, onnx/model_fp16.onnx",
        "onnx/model.onnx onnx/model_quantized.onnx, onnx/model.onnx, onnx/model.onnx",
        "model_fp16.onnx, model_fp16.onnx, model_fp16.onnx",
        "onnx/model_fp16.onnx, onnx/model_fp16.onnx, onnx/model_fp16.onnx",
        "onnx/model_fp16.onnx onnx/model_quantized.onnx, onnx/model_fp16.onnx, onnx/model_fp16.onnx",
        "model.onnx mine_fp16.onnx, model.onnx, model.onnx",
        "model.onnx onnx/model_bf16.onnx, model.onnx, onnx/model_bf16.onnx",
        "model.onnx model_bf16.onnx model_fp16.onnx, model.onnx, model_fp16.onnx",
    })
    void aGpuIsServedTheFileInHalfPrecision(String files, String onCpu, String onGpu) throws IOException {
        writeAll(files);
        assertEquals(folder.resolve(onCpu), on(CPU).onnx());
        assertEquals(folder.resolve(onGpu), on(L4).onnx());
    }

    @ParameterizedTest(name = "{0} of {1}: {2} on a CPU, {3} on a GPU")
    @CsvSource({
        "mine.onnx, mine.onnx mine_fp16.onnx, mine.onnx, mine_fp16.onnx",
        "sub/mine.onnx, sub/mine.onnx sub/mine_fp16.onnx, sub/mine.onnx, sub/mine_fp16.onnx",
        "mine.onnx, mine.onnx model_fp16.onnx, mine.onnx, mine.onnx",
        "mine.onnx, mine.onnx mine_bf16.onnx, mine.onnx, mine_bf16.onnx",
        "mine_fp16.onnx, mine.onnx mine_fp16.onnx, mine_fp16.onnx, mine_fp16.onnx",
        "mine, mine, mine, mine",
    })
    void theFileThatModelYamlNamesHasOneInHalfPrecisionBesideIt(String named, String files, String onCpu, String onGpu)
            throws IOException {
        writeAll(files);
        write("model.yaml", "task: embed\nfile: " + named + "\n");
        assertEquals(folder.resolve(onCpu), on(CPU).onnx());
        assertEquals(folder.resolve(onGpu), on(L4).onnx());
    }

    @Test
    void aFolderIsNoGraph() throws IOException {
        write("model.yaml", "task: embed\nfile: " + folder.getRoot() + "\n");
        BrokenModelException e = assertThrows(
                BrokenModelException.class, () -> ModelRepository.graphs(folder).getFirst());
        assertTrue(e.getMessage().endsWith("is missing; put the ONNX graph there."), e.getMessage());
    }

    @Test
    void theDemandAndTheFingerprintAreThoseOfTheFileThatIsServed() throws IOException {
        write("model.onnx", "a graph that is no graph counts as large as it is");
        write("model_fp16.onnx", "half as large");
        assertEquals("half as large".length(), on(L4).demand().weightBytes());
        assertEquals(Precision.HALF, on(L4).demand().precision().value());
        assertEquals("model_fp16.onnx", on(L4).demand().precision().file());
        assertEquals(49, on(CPU).demand().weightBytes());
        assertEquals("model.onnx", on(CPU).demand().precision().file());
        assertNotEquals(on(CPU).fingerprint(), on(L4).fingerprint());
    }

    @Test
    void untilADeviceIsKnownThatInFullPrecisionIsServed() throws IOException {
        writeAll("model.onnx model_fp16.onnx");
        assertEquals(
                folder.resolve("model.onnx"),
                ModelRepository.graphs(folder).getFirst().onnx());
    }

    @Test
    void aPointerToAFileMattersOnlyWhereTheFileIsServed() throws IOException {
        write("model.onnx", "graph");
        write("model_fp16.onnx", "version https://git-lfs.github.com/spec/v1\n");
        assertEquals(folder.resolve("model.onnx"), on(CPU).onnx());
        BrokenModelException e = assertThrows(BrokenModelException.class, () -> on(L4));
        assertTrue(
                e.getMessage().startsWith(folder + ": the file model_fp16.onnx is only Git LFS's pointer"),
                e.getMessage());
    }

    @Test
    void whatTheOperatorSetsIsServedOrRefused() throws IOException {
        writeAll("model.onnx model_fp16.onnx");
        assertEquals(
                folder.resolve("model_fp16.onnx"),
                served(PrecisionMode.HALF, CPU).onnx());
        assertEquals(
                folder.resolve("model.onnx"), served(PrecisionMode.FULL, L4).onnx());
        Files.delete(folder.resolve("model_fp16.onnx"));
        PlanRefusedException e = assertThrows(PlanRefusedException.class, () -> served(PrecisionMode.HALF, L4));
        assertTrue(e.getMessage().contains("the folder of " + folder.getFileName() + " has only model.onnx"));
    }
}
