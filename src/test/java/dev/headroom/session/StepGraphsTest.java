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
import dev.headroom.model.onnx.DecoderGraph.CachePort;
import dev.headroom.model.onnx.DecoderGraph.Geometry;
import dev.headroom.session.ExecutionProvider.Cpu;
import dev.headroom.session.ExecutionProvider.Cuda;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A step in the one shape that a CUDA graph has scores as one in its own shape. */
class StepGraphsTest {

    private static final int[] LENGTHS = {5, 9, 3};
    private static final DecoderInput STEP = DecoderInput.rightPadded(new int[] {17, 40, 9}, 3, LENGTHS);

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource(names = {"SHARED", "SHARED_INT32"})
    void rowsAndTokensThatAreNotThereChangeNothing(LlamaForm form) throws OrtException {
        ModelSpec spec = TinyLlama.write(folder, form);
        DecoderGraph graph = graph(spec);
        try (OnnxSession session = new OnnxSession(spec, new Cpu(1));
                StepGraphs steps = new StepGraphs(session, graph, "logits")) {
            float[][][] own = scores(session.ort(), steps, graph, 3, 9, 10);
            float[][][] wide = scores(session.ort(), steps, graph, 4, 32, 32);
            assertEquals(4, wide.length);
            for (int row = 0; row < LENGTHS.length; row++) {
                assertArrayEquals(own[row][0], wide[row][0], 1e-5f);
            }
        }
    }

    /** Greedy tokens of three rows on a real GPU, and how long a step takes. */
    @Test
    @Tag("gpu")
    void stepsAsCudaGraphsSayTheSame() throws RunFailedException {
        ModelSpec spec = TinyLlama.write(folder, LlamaForm.SHARED_HALF);
        List<List<Integer>> eager = said(spec, new Cuda(0));
        assertEquals(eager, said(spec, new Cuda(0, true)));
    }

    private static List<List<Integer>> said(ModelSpec spec, ExecutionProvider provider) throws RunFailedException {
        try (Decoder decoder = Decoder.open(spec, provider)) {
            int[] next = new int[LENGTHS.length];
            for (int row = 0; row < next.length; row++) {
                Prompt prompt = decoder.prompts().begin(LENGTHS[row]);
                int[] tokens = new int[LENGTHS[row]];
                Arrays.setAll(tokens, i -> 7 * i + 3);
                next[row] = best(decoder.prompts().read(prompt, tokens), 0);
                decoder.join(prompt);
            }
            decoder.reshape(4, 256);
            List<List<Integer>> said = new ArrayList<>();
            long start = System.nanoTime();
            for (int step = 0; step < 200; step++) {
                Logits logits = decoder.step(next);
                Arrays.setAll(next, row -> best(logits, row));
                said.add(Arrays.stream(next).boxed().toList());
            }
            System.out.printf(
                    "%s: %.3f ms a step; %s%n", provider, (System.nanoTime() - start) / 200e6, decoder.remark());
            return said;
        }
    }

    private static int best(Logits logits, int row) {
        int from = row * logits.vocabulary();
        int best = from;
        for (int i = from; i < from + logits.vocabulary(); i++) {
            best = logits.scores()[i] > logits.scores()[best] ? i : best;
        }
        return best - from;
    }

    @Test
    void rowsAreFilledUpToAPowerOfTwoWhereThereIsMemory() {
        assertEquals(1, StepGraphs.bucket(1, 8));
        assertEquals(4, StepGraphs.bucket(3, 8));
        assertEquals(8, StepGraphs.bucket(8, 8));
        assertEquals(6, StepGraphs.bucket(5, 6));
    }

    @Test
    void onlyKeysAndValuesThatStayInTheirPlaceSuit() {
        assertTrue(StepGraphs.suit(graph(TinyLlama.write(folder, LlamaForm.SHARED))));
        assertFalse(StepGraphs.suit(graph(TinyLlama.write(folder, LlamaForm.CONCATENATED))));
        assertFalse(StepGraphs.suit(graph(TinyLlama.write(folder, LlamaForm.LAST_LOGITS))));
    }

    private static DecoderGraph graph(ModelSpec spec) {
        return ((TaskSpec.Generate) spec.task()).graph();
    }

    /** The scores of a step of so many rows, beside a past of so many tokens, with a mask of so many. */
    private static float[][][] scores(
            OrtSession session, StepGraphs steps, DecoderGraph graph, int rows, int past, int mask)
            throws OrtException {
        Map<String, OnnxTensor> inputs = new HashMap<>();
        for (BucketTensor input : steps.inputs(STEP, rows, mask)) {
            ByteBuffer bytes = ByteBuffer.allocateDirect((int) input.bytes()).order(ByteOrder.nativeOrder());
            input.fill(bytes, 0);
            inputs.put(input.node().name(), tensor(bytes, input));
        }
        Random random = new Random(3);
        for (CachePort port : graph.cache()) {
            inputs.put(port.past(), past(graph.geometry(), random, rows, past));
        }
        try (OrtSession.Result result = session.run(inputs, Set.of("logits"))) {
            return (float[][][]) result.get(0).getValue();
        } finally {
            inputs.values().forEach(OnnxTensor::close);
        }
    }

    private static OnnxTensor tensor(ByteBuffer bytes, BucketTensor input) throws OrtException {
        OnnxJavaType type = input.node().datatype().javaType;
        return OnnxTensor.createTensor(OrtEnvironment.getEnvironment(), bytes, input.bucket(), type);
    }

    /** Keys or values of the rows' tokens, the same for any size of the memory; ones where no token is. */
    private static OnnxTensor past(Geometry geometry, Random random, int rows, int tokens) throws OrtException {
        FloatBuffer all = ByteBuffer.allocateDirect(4 * rows * geometry.heads() * tokens * geometry.size())
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
        while (all.hasRemaining()) {
            all.put(1);
        }
        for (int row = 0; row < LENGTHS.length; row++) {
            for (int head = 0; head < geometry.heads(); head++) {
                for (int i = 0; i < LENGTHS[row] * geometry.size(); i++) {
                    all.put((row * geometry.heads() + head) * tokens * geometry.size() + i, random.nextFloat() - 0.5f);
                }
            }
        }
        return OnnxTensor.createTensor(OrtEnvironment.getEnvironment(), all.rewind(), new long[] {
            rows, geometry.heads(), tokens, geometry.size()
        });
    }
}
