package dev.headroom.session;

import dev.headroom.device.NativeFunction;
import java.util.Optional;

/** The heap of native code, outside of ONNX Runtime's arena. */
public final class NativeHeap {

    private static final Optional<NativeFunction> TRIM = NativeFunction.ofTheCLibrary("malloc_trim");

    private NativeHeap() {}

    /**
     * Returns free memory to the system, some 40 MB after a model was loaded. Does nothing unless the C library is
     * glibc.
     */
    public static void trim() {
        TRIM.ifPresent(trim -> trim.call(0));
    }
}
