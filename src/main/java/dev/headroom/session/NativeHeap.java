package dev.headroom.session;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/** The memory of native code outside of ONNX Runtime's arena, which glibc keeps although it is free. */
public final class NativeHeap {

    private static final Optional<MemorySegment> TRIM =
            Linker.nativeLinker().defaultLookup().find("malloc_trim");

    private NativeHeap() {}

    /** Gives it back to the system: loading a model leaves some 40 MB. Does nothing where the C library is not glibc. */
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
