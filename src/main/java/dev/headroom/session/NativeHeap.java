package dev.headroom.session;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/** The heap of native code, outside of ONNX Runtime's arena. */
public final class NativeHeap {

    private static final Optional<MemorySegment> TRIM =
            Linker.nativeLinker().defaultLookup().find("malloc_trim");

    private NativeHeap() {}

    /**
     * Returns free memory to the system, some 40 MB after a model was loaded. Does nothing unless the C library is
     * glibc.
     */
    @SuppressWarnings("restricted")
    public static void trim() {
        TRIM.ifPresent(trim -> {
            try {
                Linker.nativeLinker()
                        .downcallHandle(trim, FunctionDescriptor.of(JAVA_INT, JAVA_LONG))
                        .invoke(0L);
            } catch (Throwable e) {
                throw new IllegalStateException("The native heap could not be trimmed", e);
            }
        });
    }
}
