package dev.headroom.device;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** A C library whose functions are called by name and take ints and pointers. It stays loaded. Any thread may call. */
@SuppressWarnings("restricted")
final class NativeLibrary {

    private static final int LONGEST_TEXT = 1024;

    private final SymbolLookup symbols;
    private final Map<String, Optional<MethodHandle>> functions = new ConcurrentHashMap<>();

    private NativeLibrary(SymbolLookup symbols) {
        this.symbols = symbols;
    }

    /**
     * Loads the first of some files that loads; a bare name leaves the search to the system's loader.
     *
     * @param absence the meaning, for people, of none being there
     * @throws IllegalStateException where none loads
     */
    static NativeLibrary load(List<String> files, String absence) {
        String reason = files.getFirst() + " is not on this machine: " + absence;
        for (String file : files) {
            try {
                return new NativeLibrary(SymbolLookup.libraryLookup(file, Arena.global()));
            } catch (IllegalArgumentException e) { // the loader does not tell an absent file from a broken one
                if (file.startsWith("/") && Files.exists(Path.of(file))) {
                    reason = file + " does not load: it may be for another processor or C library";
                }
            }
        }
        throw new IllegalStateException(reason);
    }

    /** Calls a function that returns an int; empty where the library has no such function. */
    Optional<Integer> callForInt(String function, Object... arguments) {
        return call(JAVA_INT, function, arguments).map(Integer.class::cast);
    }

    /** Calls a function that returns a C string; empty where it returns none or is not in the library. */
    Optional<String> callForText(String function, Object... arguments) {
        return call(ADDRESS, function, arguments)
                .filter(text -> !text.equals(MemorySegment.NULL))
                .map(text -> ((MemorySegment) text).reinterpret(LONGEST_TEXT).getString(0));
    }

    private Optional<Object> call(MemoryLayout result, String function, Object... arguments) {
        return functions
                .computeIfAbsent(function, name -> bind(result, name, arguments))
                .map(handle -> invoke(handle, arguments));
    }

    /** Binds a function by its arguments' types: an Integer is an int in C, everything else a pointer. */
    private Optional<MethodHandle> bind(MemoryLayout result, String function, Object[] arguments) {
        MemoryLayout[] layouts = Stream.of(arguments)
                .map(argument -> argument instanceof Integer ? JAVA_INT : ADDRESS)
                .toArray(MemoryLayout[]::new);
        return symbols.find(function)
                .map(address -> Linker.nativeLinker()
                        .downcallHandle(address, FunctionDescriptor.of(result, layouts))
                        .asSpreader(Object[].class, layouts.length)
                        .asType(MethodType.methodType(Object.class, Object[].class)));
    }

    private static Object invoke(MethodHandle handle, Object[] arguments) {
        try {
            return (Object) handle.invokeExact(arguments);
        } catch (Throwable e) { // a C function throws nothing; what is left is an argument of the wrong type
            throw new IllegalArgumentException(e);
        }
    }
}
