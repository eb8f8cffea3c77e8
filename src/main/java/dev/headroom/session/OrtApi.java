package dev.headroom.session;

import static java.lang.foreign.ValueLayout.ADDRESS;

import ai.onnxruntime.OrtSession;
import dev.headroom.device.NativeFunction;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
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
        MemorySegment base = new NativeFunction(getApiBase()).callForPointer();
        MemorySegment getApi = base.reinterpret(ADDRESS.byteSize()).get(ADDRESS, 0);
        MemorySegment table = new NativeFunction(getApi).callForPointer(VERSION);
        if (table.equals(MemorySegment.NULL)) {
            throw new IllegalStateException("ONNX Runtime is older than 1." + VERSION);
        }
        return new OrtApi(table.reinterpret(FUNCTIONS * ADDRESS.byteSize()));
    }

    /** An array of C strings; never empty, because a pointer to nothing may be refused. */
    static MemorySegment texts(Arena scope, Collection<String> texts) {
        MemorySegment array = scope.allocate(ADDRESS, Math.max(1, texts.size()));
        int count = 0;
        for (String text : texts) {
            array.setAtIndex(ADDRESS, count++, scope.allocateFrom(text));
        }
        return array;
    }

    /** The {@code OrtSession*}, which the Java API keeps to itself. */
    static MemorySegment pointer(OrtSession session) {
        try {
            Field handle = OrtSession.class.getDeclaredField("nativeHandle");
            handle.setAccessible(true);
            return MemorySegment.ofAddress(handle.getLong(session));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("ONNX Runtime's Java API is not the one that this build knows", e);
        }
    }

    /**
     * Calls a function that returns an {@code OrtStatus*}.
     *
     * @throws IllegalStateException with ONNX Runtime's message when it refuses
     */
    void call(int function, Object... arguments) {
        MemorySegment status = function(function).callForPointer(arguments);
        if (!status.equals(MemorySegment.NULL)) {
            String message = text(function(GET_ERROR_MESSAGE).callForPointer(status));
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
        MemorySegment text = function(function).callForPointer(arguments);
        return text.equals(MemorySegment.NULL) ? Optional.empty() : Optional.of(text(text));
    }

    /** Calls a function that releases what another function has created. */
    void release(int function, MemorySegment created) {
        function(function).call(created);
    }

    @SuppressWarnings("restricted")
    private static String text(MemorySegment text) {
        return text.reinterpret(LONGEST_TEXT).getString(0);
    }

    private NativeFunction function(int index) {
        return new NativeFunction(table.getAtIndex(ADDRESS, index));
    }

    private static MemorySegment getApiBase() {
        String name = "OrtGetApiBase";
        Optional<MemorySegment> loaded = SymbolLookup.loaderLookup().find(name);
        return (loaded.isPresent() ? loaded : mappedLibrary().find(name))
                .orElseThrow(() -> new IllegalStateException("ONNX Runtime's library is not loaded"));
    }

    /** Finds the library where Quarkus loads ONNX Runtime by another class loader, as in development and in tests. */
    @SuppressWarnings("restricted")
    private static SymbolLookup mappedLibrary() {
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
        } catch (IOException e) {
            throw new IllegalStateException("ONNX Runtime's C API could not be called", e);
        }
    }
}
