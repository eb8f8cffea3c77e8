package dev.headroom.model;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import ai.onnxruntime.OrtEnvironment;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;

/**
 * Caps the memory that ONNX Runtime takes on a CPU, which its Java API cannot: through the C API's function table,
 * whose order never changes, an arena of limited size is registered for the process's one environment. Sessions
 * opened afterwards with {@code session.use_env_allocators} share it.
 */
public final class CpuArena {

    private static final int API_VERSION = 20;
    private static final int GET_ERROR_MESSAGE = 2;
    private static final int CREATE_ENV = 3;
    private static final int CREATE_CPU_MEMORY_INFO = 69;
    private static final int CREATE_AND_REGISTER_ALLOCATOR = 144;
    private static final int CREATE_ARENA_CFG = 156;

    private static final int LOG_WARNING = 2;
    private static final int ARENA_ALLOCATOR = 1;
    private static final int DEFAULT_MEMORY = 0;
    private static final int EXTEND_AS_REQUESTED = 1;

    private final Arena memory;
    private final MemorySegment api;

    private CpuArena(Arena memory) throws Throwable {
        this.memory = memory;
        this.api = functionTable();
    }

    /**
     * Caps the arena of sessions opened from now on.
     *
     * @param bytes most bytes that all sessions together take
     * @throws IllegalStateException when ONNX Runtime refuses
     */
    public static void cap(long bytes) {
        OrtEnvironment.getEnvironment(); // loads the library and creates the environment that CREATE_ENV returns
        try (Arena memory = Arena.ofConfined()) {
            new CpuArena(memory).register(bytes);
        } catch (RuntimeException e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("ONNX Runtime's C API could not be called", e);
        }
    }

    private void register(long bytes) throws Throwable {
        MemorySegment environment =
                created(CREATE_ENV, JAVA_INT, ADDRESS).with(LOG_WARNING, memory.allocateFrom("headroom"));
        MemorySegment info = created(CREATE_CPU_MEMORY_INFO, JAVA_INT, JAVA_INT).with(ARENA_ALLOCATOR, DEFAULT_MEMORY);
        MemorySegment config = created(CREATE_ARENA_CFG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT)
                .with(bytes, EXTEND_AS_REQUESTED, -1, -1);
        MethodHandle register = function(CREATE_AND_REGISTER_ALLOCATOR, ADDRESS, ADDRESS, ADDRESS, ADDRESS);
        check((MemorySegment) register.invoke(environment, info, config));
    }

    private interface Creation {
        MemorySegment with(Object... arguments) throws Throwable;
    }

    /** A function of the table whose last parameter takes the address of what it creates. */
    private Creation created(int index, MemoryLayout... parameters) {
        MemoryLayout[] all = new MemoryLayout[parameters.length + 2];
        all[0] = ADDRESS;
        System.arraycopy(parameters, 0, all, 1, parameters.length);
        all[all.length - 1] = ADDRESS;
        MethodHandle handle = function(index, all);
        return arguments -> {
            MemorySegment out = memory.allocate(ADDRESS);
            Object[] allArguments = new Object[arguments.length + 1];
            System.arraycopy(arguments, 0, allArguments, 0, arguments.length);
            allArguments[arguments.length] = out;
            check((MemorySegment) handle.invokeWithArguments(allArguments));
            return out.get(ADDRESS, 0);
        };
    }

    /** A function of the table: the first layout is its result's. */
    @SuppressWarnings("restricted")
    private MethodHandle function(int index, MemoryLayout... layouts) {
        MemoryLayout[] parameters = Arrays.copyOfRange(layouts, 1, layouts.length);
        return Linker.nativeLinker()
                .downcallHandle(api.getAtIndex(ADDRESS, index), FunctionDescriptor.of(layouts[0], parameters));
    }

    @SuppressWarnings("restricted")
    private void check(MemorySegment status) throws Throwable {
        if (status.equals(MemorySegment.NULL)) {
            return;
        }
        MemorySegment message =
                (MemorySegment) function(GET_ERROR_MESSAGE, ADDRESS, ADDRESS).invoke(status);
        throw new IllegalStateException(message.reinterpret(Long.MAX_VALUE).getString(0));
    }

    /** {@code OrtGetApiBase()->GetApi(version)}. */
    @SuppressWarnings("restricted")
    private static MemorySegment functionTable() throws Throwable {
        Linker linker = Linker.nativeLinker();
        MemorySegment getApiBase = SymbolLookup.loaderLookup()
                .find("OrtGetApiBase")
                .orElseThrow(() -> new IllegalStateException("ONNX Runtime's library is not loaded"));
        MemorySegment base = (MemorySegment) linker.downcallHandle(getApiBase, FunctionDescriptor.of(ADDRESS))
                .invoke();
        MemorySegment getApi = base.reinterpret(ADDRESS.byteSize()).get(ADDRESS, 0);
        MemorySegment table = (MemorySegment) linker.downcallHandle(getApi, FunctionDescriptor.of(ADDRESS, JAVA_INT))
                .invoke(API_VERSION);
        return table.reinterpret((CREATE_ARENA_CFG + 1) * ADDRESS.byteSize());
    }
}
