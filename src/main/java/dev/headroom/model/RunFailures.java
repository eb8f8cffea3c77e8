package dev.headroom.model;

import dev.headroom.model.RunFailedException.Kind;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Tells from its text what a failure asks for. ONNX Runtime has no error code for out-of-memory (issue #16307): an
 * arena failure is {@code ORT_FAIL}, {@code std::bad_alloc} is {@code ORT_RUNTIME_EXCEPTION}. A bare "oom" is no
 * signal, because it is in the names of models.
 */
final class RunFailures {

    /** No device has this much: a request beyond it comes from a corrupted session (onnxruntime #22702). */
    private static final long ABSURD_BYTES = 1L << 46;

    private static final Pattern OUT_OF_MEMORY = anyOf(
            "failed to allocate memory for requested buffer of size (?<wanted>\\d+)",
            "available memory of \\d+ is smaller than requested bytes of (?<wanted2>\\d+)",
            "failed to find a free memory block despite calling extend",
            "cuda failure 2\\b",
            "cublas failure 3\\b",
            "cublas_status_alloc_failed",
            "cudnn_status_[a-z_]*alloc(ation)?_failed",
            "cufft_alloc_failed",
            "cudamallocfrompoolasync failed",
            "std::bad_alloc",
            "memory allocation failed\\. size=",
            "cannot reserve \\d+ bytes of direct buffer memory");

    private static final Pattern DEVICE_LOST = anyOf(
            "cuda failure (700|719|999)\\b",
            "device-side assert",
            "illegal memory access",
            "unspecified launch failure",
            "device_reset");

    private RunFailures() {}

    static RunFailedException classify(Throwable failure) {
        Kind kind = Kind.OTHER;
        for (Throwable cause = failure; cause != null && kind == Kind.OTHER; cause = cause.getCause()) {
            kind = kindOf(String.valueOf(cause.getMessage()));
        }
        return new RunFailedException(kind, oneLine(failure), failure);
    }

    /** What ONNX Runtime says, for a log line or a sentence of ours. */
    static String oneLine(Throwable failure) {
        return String.valueOf(failure.getMessage()).strip().replaceAll("\\s*\\R\\s*", " ");
    }

    static Kind kindOf(String message) {
        if (DEVICE_LOST.matcher(message).find()) {
            return Kind.DEVICE_LOST;
        }
        Matcher outOfMemory = OUT_OF_MEMORY.matcher(message);
        if (!outOfMemory.find()) {
            return Kind.OTHER;
        }
        return wantsTheAbsurd(outOfMemory) ? Kind.SESSION_CORRUPT : Kind.OUT_OF_MEMORY;
    }

    private static boolean wantsTheAbsurd(Matcher outOfMemory) {
        for (String group : List.of("wanted", "wanted2")) {
            String digits = outOfMemory.group(group);
            if (digits != null && (digits.length() > 18 || Long.parseLong(digits) > ABSURD_BYTES)) {
                return true;
            }
        }
        return false;
    }

    private static Pattern anyOf(String... patterns) {
        return Pattern.compile(String.join("|", patterns), Pattern.CASE_INSENSITIVE);
    }
}
