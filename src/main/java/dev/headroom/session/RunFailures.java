package dev.headroom.session;

import dev.headroom.session.RunFailedException.Kind;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Classifies failures by their text, because ONNX Runtime has no error code for out-of-memory (issue #16307): an arena
 * failure is {@code ORT_FAIL}, {@code std::bad_alloc} is {@code ORT_RUNTIME_EXCEPTION}. A bare "oom" is no signal,
 * because names of models contain it.
 */
final class RunFailures {

    /** No device has this much: a request beyond it comes from a corrupted session (onnxruntime #22702). */
    private static final long ABSURD_BYTES = 1L << 46;

    /** The texts with a size, which their group matches. */
    private static final List<Pattern> SIZED = List.of(
            ignoringCase("failed to allocate memory for requested buffer of size (\\d+)"),
            ignoringCase("available memory of \\d+ is smaller than requested bytes of (\\d+)"),
            ignoringCase("memory allocation failed\\. size=(\\d+)"),
            ignoringCase("cannot reserve (\\d+) bytes of direct buffer memory"));

    /** cuBLAS and cuDNN say "not initialized" where the memory for a handle is missing. */
    private static final Pattern UNSIZED = anyOf(
            "failed to find a free memory block despite calling extend",
            "cuda failure 2\\b",
            "cudaErrorMemoryAllocation",
            "cublas failure [13]\\b",
            "cublas_status_(not_initialized|alloc_failed)",
            "cudnn failure 1001\\b",
            "cudnn_status_not_initialized",
            "cudnn_status_[a-z_]*alloc(ation)?_failed",
            "cufft_alloc_failed",
            "cudamallocfrompoolasync failed",
            "std::bad_alloc");

    /**
     * Errors after which every call of the process fails, by CUDA's numbers and names. A kernel of cuBLAS or cuDNN that does not
     * run has met one of them.
     */
    private static final Pattern DEVICE_LOST = anyOf(
            "cuda failure (46|214|22[06]|70[029]|71[04-9]|721|810|911|999)\\b",
            "cudaError(DevicesUnavailable|ECCUncorrectable|NvlinkUncorrectable|IllegalAddress|LaunchTimeout|ContextIsDestroyed"
                    + "|Assert|HardwareStackError|IllegalInstruction|MisalignedAddress|InvalidAddressSpace|InvalidPc"
                    + "|LaunchFailure|Contained|TensorMemoryLeak|MpsClientTerminated|ExternalDevice|Unknown)\\b",
            "cublas failure 1[134]\\b",
            "cublas_status_(mapping_error|execution_failed|internal_error)",
            "cudnn failure 500\\d\\b",
            "cudnn_status_execution_failed",
            "device-side assert",
            "illegal memory access",
            "unspecified launch failure",
            "device_reset");

    /** A file of ONNX Runtime's sources, a line, and a function with its templates; or what CUDA's errors add of that. */
    private static final Pattern SOURCE = Pattern.compile(
            "/onnxruntime_src/\\S+:\\d+ [^()]*\\([^)]*\\) (\\[with [^]]*] )?| ; (hostname|file|line)=[^;]*(?= ;)");

    private RunFailures() {}

    /** Classifies a failure by the first known text in its chain of causes. */
    static RunFailedException classify(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            String message = String.valueOf(cause.getMessage());
            Kind kind = kindOf(message);
            if (kind != Kind.OTHER) {
                return new RunFailedException(kind, wantedBytes(message), oneLine(failure), failure);
            }
        }
        return new RunFailedException(Kind.OTHER, oneLine(failure), failure);
    }

    /** ONNX Runtime's message in one line, without the places in its sources. */
    static String oneLine(Throwable failure) {
        String line = String.valueOf(failure.getMessage()).strip().replaceAll("\\s*\\R\\s*", " ");
        return SOURCE.matcher(line).replaceAll("");
    }

    static Kind kindOf(String message) {
        if (DEVICE_LOST.matcher(message).find()) {
            return Kind.DEVICE_LOST;
        }
        OptionalLong wanted = wantedBytes(message);
        if (wanted.isEmpty() && !UNSIZED.matcher(message).find()) {
            return Kind.OTHER;
        }
        return wanted.orElse(0) > ABSURD_BYTES ? Kind.SESSION_CORRUPT : Kind.OUT_OF_MEMORY;
    }

    private static OptionalLong wantedBytes(String message) {
        return SIZED.stream()
                .map(text -> text.matcher(message))
                .filter(Matcher::find)
                .mapToLong(match -> bytes(match.group(1)))
                .findFirst();
    }

    private static long bytes(String digits) {
        try {
            return Long.parseLong(digits);
        } catch (NumberFormatException e) {
            return Long.MAX_VALUE; // the number is too large for a long
        }
    }

    private static Pattern anyOf(String... patterns) {
        return ignoringCase(String.join("|", patterns));
    }

    private static Pattern ignoringCase(String pattern) {
        return Pattern.compile(pattern, Pattern.CASE_INSENSITIVE);
    }
}
