package dev.headroom.session;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * ONNX Runtime's C API, for functions that its Java API lacks. The API is a table of functions whose order never
 * changes, and each function is named by its index in the table.
 */
final class OrtApi {

    private static final int VERSION = 23; // the first with the statistics of allocators
    private static final int FUNCTIONS = 400;
    private static final int GET_ERROR_MESSAGE = 2;
    private static final int RELEASE_STATUS = 93;
    private static final int LONGEST_TEXT = 64 * 1024;

    private final MemorySegment table;
    private final Map<Integer, MethodHandle> functions = new ConcurrentHashMap<>();

    private OrtApi(MemorySegment table) {
        this.table = table;
    }

    /**
     * {@code OrtGetApiBase()->GetApi(version)} of the library that the Java API has loaded.
     *
     * @throws IllegalStateException where it is older than 1.23
     */
    @SuppressWarnings("restricted")
    static OrtApi open() {
        try {
            Linker linker = Linker.nativeLinker();
            MemorySegment base = (MemorySegment) linker.downcallHandle(getApiBase(), FunctionDescriptor.of(ADDRESS))
                    .invoke();
            MemorySegment getApi = base.reinterpret(ADDRESS.byteSize()).get(ADDRESS, 0);
            MemorySegment table =
                    (MemorySegment) linker.downcallHandle(getApi, FunctionDescriptor.of(ADDRESS, JAVA_INT))
                            .invoke(VERSION);
            if (table.equals(MemorySegment.NULL)) {
                throw new IllegalStateException("ONNX Runtime is older than 1." + VERSION);
            }
            return new OrtApi(table.reinterpret(FUNCTIONS * ADDRESS.byteSize()));
        } catch (RuntimeException e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("ONNX Runtime's C API could not be called", e);
        }
    }

    /**
     * Calls a function that returns an {@code OrtStatus*}.
     *
     * @throws IllegalStateException with ONNX Runtime's message when it refuses
     */
    void call(int function, Object... arguments) {
        MemorySegment status = (MemorySegment) invoke(function, ADDRESS, arguments);
        if (!status.equals(MemorySegment.NULL)) {
            String message = text((MemorySegment) invoke(GET_ERROR_MESSAGE, ADDRESS, status));
            release(RELEASE_STATUS, status);
            throw new IllegalStateException(message);
        }
    }

    /**
     * Calls a function that stores what it creates at the address in its last parameter, which the caller leaves out.
     */
    MemorySegment create(int function, Object... arguments) {
        try (Arena memory = Arena.ofConfined()) {
            MemorySegment out = memory.allocate(ADDRESS);
            List<Object> all = new ArrayList<>(Arrays.asList(arguments));
            all.add(out);
            call(function, all.toArray());
            return out.get(ADDRESS, 0);
        }
    }

    /** Calls a function that returns a C string, which may be null. */
    Optional<String> text(int function, Object... arguments) {
        MemorySegment text = (MemorySegment) invoke(function, ADDRESS, arguments);
        return text.equals(MemorySegment.NULL) ? Optional.empty() : Optional.of(text(text));
    }

    /** Calls a function that releases what another function has created. */
    void release(int function, MemorySegment created) {
        invoke(function, null, created);
    }

    @SuppressWarnings("restricted")
    private static String text(MemorySegment text) {
        return text.reinterpret(LONGEST_TEXT).getString(0);
    }

    private Object invoke(int function, MemoryLayout result, Object... arguments) {
        MethodHandle handle = functions.computeIfAbsent(function, index -> bind(index, result, arguments));
        try {
            return handle.invokeWithArguments(arguments);
        } catch (Throwable e) { // of an argument of the wrong type, because C functions throw nothing
            throw new IllegalArgumentException(e);
        }
    }

    /** Each argument's Java type determines its C type. */
    @SuppressWarnings("restricted")
    private MethodHandle bind(int function, MemoryLayout result, Object[] arguments) {
        MemoryLayout[] parameters = Stream.of(arguments)
                .map(argument -> switch (argument) {
                    case Integer _ -> JAVA_INT;
                    case Long _ -> JAVA_LONG;
                    default -> ADDRESS;
                })
                .toArray(MemoryLayout[]::new);
        FunctionDescriptor signature =
                result == null ? FunctionDescriptor.ofVoid(parameters) : FunctionDescriptor.of(result, parameters);
        return Linker.nativeLinker().downcallHandle(table.getAtIndex(ADDRESS, function), signature);
    }

    private static MemorySegment getApiBase() throws IOException {
        String name = "OrtGetApiBase";
        Optional<MemorySegment> loaded = SymbolLookup.loaderLookup().find(name);
        return (loaded.isPresent() ? loaded : mappedLibrary().find(name))
                .orElseThrow(() -> new IllegalStateException("ONNX Runtime's library is not loaded"));
    }

    /** Finds the library where Quarkus loads ONNX Runtime by another class loader, as in development and in tests. */
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
