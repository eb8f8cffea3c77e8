package dev.headroom;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.device.VirtualGpu;
import dev.headroom.half.HalfModels;
import dev.headroom.plan.Precision;
import dev.headroom.session.ModelOptimizer;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The packaged build for GPUs with a folder in which {@code optimize} made a file in half precision. */
@Tag("vgpu")
@Timeout(300)
class HalfVgpuIT {

    @TempDir
    private Path models;

    private static final String L4 = "NVIDIA L4:23034:8.9:434";

    private void make(String model, Precision precision) {
        new ModelOptimizer(Path.of(model), models.resolve("made")).write(new HalfModels(precision, _ -> {})::add);
    }

    @Test
    void theFileIsServedOnACardThatSuitsItWithHalfTheBytes() throws Exception {
        make("models/all-minilm-l6-v2", Precision.HALF);
        Start half = served(L4, "all-minilm-l6-v2_fp16.onnx");
        Start full = served("NVIDIA P40:24576:6.1:434", "all-minilm-l6-v2.onnx");
        assertFalse((half.plan + full.plan).contains("CUDA graphs are off"), "a node runs on the CPU: " + half.plan);
        assertTrue(half.bytes > 40 << 20 && half.bytes < full.bytes * 0.6, half.bytes + " of " + full.bytes);
    }

    /** A node of bfloat16 without a kernel on the card would end the start: no CPU has one. */
    @ParameterizedTest
    @ValueSource(strings = {"bert", "mpnet", "qwen3", "siglip", "t5"})
    void allOfAFileInBfloat16RunsOnACardThatSuitsIt(String model) throws Exception {
        make("src/test/resources/inputs/" + model, Precision.BFLOAT16);
        served(L4, "model_bf16.onnx");
    }

    @Test
    void anOlderCardIsServedFullPrecisionInsteadOfBfloat16() throws Exception {
        make("src/test/resources/inputs/bert", Precision.BFLOAT16);
        served("NVIDIA T4:15360:7.5:300", "model.onnx");
    }

    /** A start: its plan, and the bytes that it copies to the card, most of which are weights. */
    private record Start(String plan, long bytes) {}

    /** Starts the service, which serves this file and answers. */
    private Start served(String card, String file) throws Exception {
        VirtualGpu gpu = VirtualGpu.of(card);
        String[] settings = {
            "headroom.device=gpu", "headroom.calibration=off", "headroom.cuda-graphs=on", "headroom.models=" + models
        };
        try (ServiceProcess service = ServiceProcess.start(gpu, settings).listening()) {
            long copied = gpu.card(0).bytesToDevice();
            String plan = service.get("/plan").body();
            assertTrue(plan.contains('"' + file + '"'), plan);
            String text = "{\"inputs\": [{\"text\": \"the river\"}, {\"text\": \"a river and a mountain\"}]}";
            long launches = gpu.card(0).launches();
            assertEquals(200, service.infer(text).join().statusCode());
            assertTrue(gpu.card(0).launches() > launches, "the card computes");
            return new Start(plan, copied);
        }
    }
}
