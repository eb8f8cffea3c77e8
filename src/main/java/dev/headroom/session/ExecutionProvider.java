package dev.headroom.session;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.providers.OrtCUDAProviderOptions;
import java.util.Optional;
import java.util.OptionalLong;

/** ONNX Runtime's name for what runs a graph: the CPU, or CUDA on one GPU. */
public sealed interface ExecutionProvider {

    /** New session options for this provider, to be closed by the caller. */
    SessionOptions options() throws OrtException;

    /** Failures come as exceptions: ONNX Runtime need not print them too, as errors, when they are handled. */
    private static SessionOptions quietOptions() throws OrtException {
        OrtRuntime.environment(); // before the options, which need its library and its logger
        SessionOptions options = new SessionOptions();
        options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
        options.setMemoryPatternOptimization(false);
        return options;
    }

    /** The value of the run option that gives unused memory of the provider's arena back. */
    String arena();

    /**
     * The CPU. Its sessions take their memory from the one {@link CpuArena}, once it is there.
     *
     * @param threads threads that share the work of a batch, those that run it included: one more for each that runs beside
     */
    record Cpu(int threads) implements ExecutionProvider {

        @Override
        public SessionOptions options() throws OrtException {
            SessionOptions options = quietOptions();
            options.setIntraOpNumThreads(threads);
            options.addConfigEntry("session.use_env_allocators", "1");
            options.addConfigEntry("session.force_spinning_stop", "1"); // the cores belong to others between runs
            return options;
        }

        @Override
        public String arena() {
            return "cpu:0";
        }
    }

    /**
     * CUDA.
     *
     * @param index the GPU's index as CUDA counts
     * @param memoryLimit most bytes of the session's arena
     */
    record Cuda(int index, OptionalLong memoryLimit) implements ExecutionProvider {

        @Override
        public SessionOptions options() throws OrtException {
            SessionOptions options = quietOptions();
            options.addConfigEntry("session.use_device_allocator_for_initializers", "1");
            try (OrtCUDAProviderOptions cuda = new OrtCUDAProviderOptions(index)) {
                cuda.add("arena_extend_strategy", "kSameAsRequested");
                cuda.add("cudnn_conv_algo_search", "HEURISTIC");
                if (memoryLimit.isPresent()) {
                    cuda.add("gpu_mem_limit", Long.toString(memoryLimit.getAsLong()));
                }
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

        /**
         * Why CUDA does not work on this GPU; empty when it does. It is listed as available, and its options can be made,
         * where there is no GPU at all; added it says whether CUDA works, and only a session asks for this GPU.
         */
        public Optional<String> defect() {
            try (SessionOptions options = options();
                    OrtSession _ = OrtRuntime.environment().createSession(CpuArena.SMALLEST_GRAPH, options)) {
                return Optional.empty();
            } catch (OrtException | RuntimeException | LinkageError e) {
                return Optional.of(RunFailures.oneLine(e).replaceFirst("\\.$", ""));
            }
        }
    }
}
