package dev.headroom.device;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.ref.Reference;
import java.util.Collections;
import java.util.Optional;

/**
 * A C function of at most eight parameters, which are integers and pointers, as its result is. Any thread may call.
 *
 * <p>All are called with eight longs. The JVM makes a stub and some twenty classes for each signature, which a start that
 * calls a dozen of them waits for. The calling conventions of x86-64 and AArch64 pass an int, a long and a pointer alike, and
 * a function reads no argument that it does not declare.
 *
 * @param address where it begins
 */
@SuppressWarnings("restricted")
public record NativeFunction(MemorySegment address) {

    private static final int MOST = 8;

    private static final MethodHandle CALL = Linker.nativeLinker()
            .downcallHandle(FunctionDescriptor.of(
                    JAVA_LONG, Collections.nCopies(MOST, JAVA_LONG).toArray(MemoryLayout[]::new)));

    /** A function of the C library; empty where that has none of this name. */
    public static Optional<NativeFunction> ofTheCLibrary(String name) {
        return Linker.nativeLinker().defaultLookup().find(name).map(NativeFunction::new);
    }

    /**
     * Calls it.
     *
     * @param arguments integers, and segments of native memory for pointers
     * @return the result; of an int only the lower half counts, and of a void function nothing
     * @throws IllegalArgumentException when an argument is of another kind, or is one too many
     */
    public long call(Object... arguments) {
        if (arguments.length > MOST) {
            throw new IllegalArgumentException("%d arguments are more than %d".formatted(arguments.length, MOST));
        }
        long[] all = new long[MOST];
        for (int i = 0; i < arguments.length; i++) {
            all[i] = bits(arguments[i]);
        }
        try {
            return (long) CALL.invokeExact(address, all[0], all[1], all[2], all[3], all[4], all[5], all[6], all[7]);
        } catch (Throwable e) { // a C function throws nothing
            throw new IllegalStateException(e);
        } finally {
            Reference.reachabilityFence(arguments);
        }
    }

    /** Calls a function that returns a pointer. */
    public MemorySegment callForPointer(Object... arguments) {
        return MemorySegment.ofAddress(call(arguments));
    }

    private static long bits(Object argument) {
        if (argument instanceof MemorySegment pointer && pointer.isNative()) {
            return pointer.address();
        }
        if (argument instanceof Integer || argument instanceof Long) {
            return ((Number) argument).longValue();
        }
        throw new IllegalArgumentException("%s is neither an integer nor native memory".formatted(argument));
    }
}
