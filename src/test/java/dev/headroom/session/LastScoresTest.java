package dev.headroom.session;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.headroom.model.ModelSpec;
import dev.headroom.model.TaskSpec;
import dev.headroom.model.onnx.DecoderGraph;
import dev.headroom.model.onnx.GraphEdit;
import dev.headroom.model.onnx.LastScores;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.LongBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A prompt's last token alone is scored, by a graph that is changed when it is opened. */
class LastScoresTest {

    private static final long[] PROMPT = {5, 17, 40, 9, 77};

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource(names = {"SHARED", "SHARED_HALF", "SHARED_INT32", "CONCATENATED", "MERGED", "SCALED"})
    void theHeadReadsTheLastState(LlamaForm form) {
        for (boolean gpu : new boolean[] {true, false}) {
            LastScores scores = TinyLlama.write(folder, form).lastScores(gpu);
            assertEquals("logits", scores.output());
            assertFalse(scores.ofAllTokens());
            assertTrue(scores.edit().isPresent());
        }
    }

    @Test
    void aHeadThatIsNotRecognisedScoresAllAndAGpuSendsTheLast() {
        ModelSpec spec = TinyLlama.write(folder, LlamaForm.FLATTENED);
        assertEquals(new LastScores("logits", true, Optional.empty()), spec.lastScores(false));
        LastScores onGpu = spec.lastScores(true);
        assertEquals("headroom.logits", onGpu.output());
        assertTrue(onGpu.ofAllTokens());
        assertTrue(spec.generationDemand().scoresAll());
    }

    @Test
    void aGraphThatIsToldSoStaysAsItIs() {
        ModelSpec spec = TinyLlama.write(folder, LlamaForm.LAST_LOGITS);
        assertEquals(new LastScores("logits", false, Optional.empty()), spec.lastScores(true));
        assertFalse(spec.generationDemand().scoresAll());
    }

    @ParameterizedTest
    @EnumSource(names = {"SHARED", "CONCATENATED", "MERGED", "SCALED", "FLATTENED"})
    void theOnlyScoresAreThoseOfTheLastToken(LlamaForm form) throws Exception {
        ModelSpec spec = TinyLlama.write(folder, form);
        float[][] all = scores(spec, Files.readAllBytes(spec.onnx()), "logits");
        assertEquals(PROMPT.length, all.length);
        LastScores last = spec.lastScores(true);
        float[][] one = scores(spec, edited(spec, last.edit().orElseThrow()), last.output());
        assertEquals(1, one.length);
        assertArrayEquals(all[PROMPT.length - 1], one[0], 1e-5f);
    }

    private static byte[] edited(ModelSpec spec, GraphEdit edit) throws IOException {
        byte[] file = Files.readAllBytes(spec.onnx());
        ByteBuffer model = ByteBuffer.allocate(file.length + edit.appended().length);
        edit.applyTo(model.put(0, file), file.length);
        return model.array();
    }

    /** The scores of each token of the prompt. */
    private static float[][] scores(ModelSpec spec, byte[] model, String output) throws OrtException {
        DecoderGraph graph = ((TaskSpec.Generate) spec.task()).graph();
        Map<String, OnnxTensor> inputs = new HashMap<>();
        try (OrtSession session = OrtEnvironment.getEnvironment().createSession(model)) {
            for (String name : session.getInputNames()) {
                inputs.put(name, input(name, graph));
            }
            try (OrtSession.Result result = session.run(inputs, Set.of(output))) {
                return ((float[][][]) result.get(0).getValue())[0];
            }
        } finally {
            inputs.values().forEach(OnnxTensor::close);
        }
    }

    private static OnnxTensor input(String name, DecoderGraph graph) throws OrtException {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        long[] row = {1, PROMPT.length};
        return switch (name) {
            case "input_ids" -> OnnxTensor.createTensor(environment, LongBuffer.wrap(PROMPT), row);
            case "attention_mask" ->
                OnnxTensor.createTensor(environment, LongBuffer.wrap(new long[] {1, 1, 1, 1, 1}), row);
            case "position_ids" ->
                OnnxTensor.createTensor(environment, LongBuffer.wrap(new long[] {0, 1, 2, 3, 4}), row);
            case "use_cache_branch" -> OnnxTensor.createTensor(environment, new boolean[] {false});
            default ->
                OnnxTensor.createTensor(
                        environment,
                        ByteBuffer.allocateDirect(0),
                        new long[] {
                            1, graph.geometry().heads(), 0, graph.geometry().size()
                        },
                        OnnxJavaType.FLOAT);
        };
    }
}
