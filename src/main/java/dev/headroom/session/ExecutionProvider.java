package dev.headroom.session;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.providers.OrtCUDAProviderOptions;

/** The execution provider of a session, in ONNX Runtime's terms: the CPU, or CUDA on one GPU. */
public sealed interface ExecutionProvider {

    /** New session options for this provider, to be closed by the caller. */
    SessionOptions options() throws OrtException;

    /** ONNX Runtime does not log the failures that it throws as exceptions. */
    private static SessionOptions quietOptions() throws OrtException {
        OrtRuntime.environment(); // loads the library and the logger that the options need
        SessionOptions options = new SessionOptions();
        options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
        options.setMemoryPatternOptimization(false);
        return options;
    }

    /** The provider's arena, as the run option that shrinks it names it. */
    String arena();

    /**
     * The CPU. Its sessions take their memory from the {@link OrtArena}, once it exists.
     *
     * @param threads the threads that share the work of a batch, the calling thread included
     */
    record Cpu(int threads) implements ExecutionProvider {

        @Override
        public SessionOptions options() throws OrtException {
            SessionOptions options = quietOptions();
            options.setIntraOpNumThreads(threads);
            options.addConfigEntry("session.use_env_allocators", "1");
            options.addConfigEntry("session.force_spinning_stop", "1"); // frees the cores between runs
            return options;
        }

        @Override
        public String arena() {
            return "cpu:0";
        }
    }

    /**
     * CUDA. Its sessions take their memory from the {@link CudaArena} of the GPU, once it exists.
     *
     * @param index the GPU's index in CUDA
     * @param graphs true if frequent batches may run as CUDA graphs; then a session opens only where each node runs on the GPU
     */
    record Cuda(int index, boolean graphs) implements ExecutionProvider {

        /** Without CUDA graphs. */
        public Cuda(int index) {
            this(index, false);
        }

        @Override
        public SessionOptions options() throws OrtException {
            SessionOptions options = quietOptions();
            options.addConfigEntry("session.use_env_allocators", "1");
            try (OrtCUDAProviderOptions cuda = new OrtCUDAProviderOptions(index)) {
                cuda.add("cudnn_conv_algo_search", "HEURISTIC");
                cuda.add("enable_cuda_graph", graphs ? "1" : "0");
                options.addCUDA(cuda);
                return options;
            } catch (OrtException | RuntimeException | Error e) {
                options.close();
                throw e;
            }
        }

        @Override
        public String arena() {
            return "gpu:" + index;
        }
    }
}
