package dev.headroom.session;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import dev.headroom.device.CudaMemory;
import dev.headroom.plan.CudaOverhead;
import dev.headroom.plan.CudaTrial;
import dev.headroom.session.ExecutionProvider.Cuda;
import java.nio.FloatBuffer;
import java.util.Base64;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Tries CUDA on one GPU by running graphs there. ONNX Runtime lists CUDA as available and opens sessions even where no kernel
 * runs: its provider may have no machine code for the GPU, and cuDNN may be missing. Runs on a thread of the device.
 *
 * @param device CUDA's index of the GPU
 * @param cudnn true if a model needs cuDNN
 * @param usedBytes reads the bytes of the GPU that are used by any process
 * @param usedBefore the same before this process took any
 */
public record CudaCheck(int device, boolean cudnn, LongSupplier usedBytes, long usedBefore) {

    /** A row of the sum of a matrix and its square: a kernel of cuBLAS, and two of ONNX Runtime, which checks only the last. */
    private static final String PRODUCT =
            "CAgSADpvChEKAXgKAXgSAXAiBk1hdE11bAoOCgFwCgF4EgFzIgNBZGQKEQoBcwoBaRIBeSIGR2F0aGVyEgFnKgoIARAHOgEBQgFp"
                    + "WhMKAXgSDgoMCAESCAoCCAIKAggCYhMKAXkSDgoMCAESCAoCCAEKAggCQgQKABAN";

    /** The convolution of an image of four values with itself: a kernel of cuDNN. */
    private static final String CONVOLUTION = "CAgSADpOCg8KAXgKAXgSAXkiBENvbnYSAWdaGwoBeBIWChQIARIQCgIIAQoCCAEKAggC"
            + "CgIIAmIbCgF5EhYKFAgBEhAKAggBCgIIAQoCCAEKAggBQgQKABAN";

    /** Opens two sessions, the second of which shows what each session takes. */
    public CudaTrial run() {
        long others = Math.min(usedBefore, usedBytes.getAsLong()); // one of them may have gone since
        try (OrtSession first = open(PRODUCT)) {
            run(first, 2, 2);
            long one = usedBytes.getAsLong();
            long two = usedBesideAnother();
            if (cudnn) {
                try (OrtSession convolution = open(CONVOLUTION)) {
                    run(convolution, 1, 1, 2, 2);
                }
            }
            long session = Math.max(0, two - one);
            return CudaTrial.works(
                    CudaMemory.freeBytes(device), new CudaOverhead(Math.max(0, one - session - others), session));
        } catch (OrtException | RuntimeException | LinkageError e) {
            return failed(e);
        }
    }

    private long usedBesideAnother() throws OrtException {
        try (OrtSession second = open(PRODUCT)) {
            run(second, 2, 2);
            return usedBytes.getAsLong();
        }
    }

    private OrtSession open(String graph) throws OrtException {
        try (SessionOptions options = new Cuda(device).options()) {
            return OrtRuntime.environment().createSession(Base64.getDecoder().decode(graph), options);
        }
    }

    private static void run(OrtSession session, long... shape) throws OrtException {
        try (OnnxTensor input = OnnxTensor.createTensor(OrtRuntime.environment(), FloatBuffer.allocate(4), shape);
                OrtSession.Result _ = session.run(Map.of("x", input))) {
            // the run is the check
        }
    }

    private static CudaTrial failed(Throwable failure) {
        String text = RunFailures.oneLine(failure).replaceFirst("\\.$", "");
        String reason = text.contains("NoKernelImage") || text.contains("failure 209")
                ? "this build's ONNX Runtime has no machine code for this generation of GPU (%s)".formatted(text)
                : text;
        return CudaTrial.fails(reason, RunFailures.classify(failure).kind() == RunFailedException.Kind.OUT_OF_MEMORY);
    }
}
