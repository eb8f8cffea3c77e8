package dev.headroom.model;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import ai.onnxruntime.OrtEnvironment;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * ONNX Runtime's one environment in this process, and what its C API can do with it and its Java API cannot: the C
 * API's function table, whose order never changes, is called through the JDK's foreign-function API.
 */
public final class OrtRuntime {

    private static final OrtEnvironment ENVIRONMENT = open();

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

    private OrtRuntime(Arena memory) throws Throwable {
        this.memory = memory;
        this.api = functionTable();
    }

    /** The environment; it lives as long as the process. */
    static OrtEnvironment environment() {
        return ENVIRONMENT;
    }

    /**
     * Caps the memory that ONNX Runtime takes on a CPU: sessions opened from now on with {@code
     * session.use_env_allocators} share an arena of this size.
     *
     * @param bytes most bytes that all of them together take
     * @throws IllegalStateException when ONNX Runtime refuses
     */
    public static void capCpuArena(long bytes) {
        call(api -> api.registerArena(bytes));
    }

    /**
     * The Java API closes the environment in a shutdown hook of its own, under the sessions that are still answering
     * what was admitted before SIGTERM, which crashes the JVM. A second reference keeps it open.
     */
    private static OrtEnvironment open() {
        forbidTelemetry();
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        call(OrtRuntime::environmentReference);
        return environment;
    }

    /** ONNX Runtime reports its use to its maker unless a variable forbids it; nobody asked the operator. */
    @SuppressWarnings("restricted")
    private static void forbidTelemetry() {
        Linker linker = Linker.nativeLinker();
        linker.defaultLookup().find("setenv").ifPresent(setenv -> {
            try (Arena memory = Arena.ofConfined()) {
                FunctionDescriptor signature = FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_INT);
                linker.downcallHandle(setenv, signature)
                        .invoke(memory.allocateFrom("ORT_DISABLE_TELEMETRY"), memory.allocateFrom("1"), 1);
            } catch (Throwable e) {
                throw new IllegalStateException("ONNX Runtime's telemetry could not be switched off", e);
            }
        });
    }

    private interface Call {
        void on(OrtRuntime api) throws Throwable;
    }

    private static void call(Call call) {
        try (Arena memory = Arena.ofConfined()) {
            call.on(new OrtRuntime(memory));
        } catch (RuntimeException e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("ONNX Runtime's C API could not be called", e);
        }
    }

    /** Environments are counted: this is the one that the Java API holds too. */
    private MemorySegment environmentReference() throws Throwable {
        return created(CREATE_ENV, JAVA_INT, ADDRESS).with(LOG_WARNING, memory.allocateFrom("headroom"));
    }

    private void registerArena(long bytes) throws Throwable {
        MemorySegment info = created(CREATE_CPU_MEMORY_INFO, JAVA_INT, JAVA_INT).with(ARENA_ALLOCATOR, DEFAULT_MEMORY);
        MemorySegment config = created(CREATE_ARENA_CFG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT)
                .with(bytes, EXTEND_AS_REQUESTED, -1, -1);
        MethodHandle register = function(CREATE_AND_REGISTER_ALLOCATOR, ADDRESS, ADDRESS, ADDRESS, ADDRESS);
        check((MemorySegment) register.invoke(environmentReference(), info, config));
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
        MemorySegment base = (MemorySegment) linker.downcallHandle(getApiBase(), FunctionDescriptor.of(ADDRESS))
                .invoke();
        MemorySegment getApi = base.reinterpret(ADDRESS.byteSize()).get(ADDRESS, 0);
        MemorySegment table = (MemorySegment) linker.downcallHandle(getApi, FunctionDescriptor.of(ADDRESS, JAVA_INT))
                .invoke(API_VERSION);
        return table.reinterpret((CREATE_ARENA_CFG + 1) * ADDRESS.byteSize());
    }

    private static MemorySegment getApiBase() throws IOException {
        String name = "OrtGetApiBase";
        Optional<MemorySegment> loaded = SymbolLookup.loaderLookup().find(name);
        return (loaded.isPresent() ? loaded : mappedLibrary().find(name))
                .orElseThrow(() -> new IllegalStateException("ONNX Runtime's library is not loaded"));
    }

    /** In development and in tests Quarkus loads ONNX Runtime by another class loader than this class. */
    @SuppressWarnings("restricted")
    private static SymbolLookup mappedLibrary() throws IOException {
        Path maps = Path.of("/proc/self/maps");
        if (!Files.exists(maps)) {
            return name -> Optional.empty();
        }
        try (Stream<String> lines = Files.lines(maps)) {
            return lines.filter(line -> line.contains("/libonnxruntime.so"))
                    .map(line -> Path.of(line.substring(line.indexOf('/'))))
                    .filter(Files::exists)
                    .findFirst()
                    .map(library -> SymbolLookup.libraryLookup(library, Arena.global()))
                    .orElse(name -> Optional.empty());
        }
    }
}
