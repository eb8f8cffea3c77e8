package dev.headroom.device;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** A C library whose functions are called by name and take ints and pointers. It stays loaded. Any thread may call. */
@SuppressWarnings("restricted")
final class NativeLibrary {

    private static final int LONGEST_TEXT = 1024;

    private final SymbolLookup symbols;
    private final Map<String, Optional<NativeFunction>> functions = new ConcurrentHashMap<>();

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
        return find(function).map(found -> (int) found.call(arguments));
    }

    /** Calls a function that returns a C string; empty where it returns none or is not in the library. */
    Optional<String> callForText(String function, Object... arguments) {
        return find(function)
                .map(found -> found.callForPointer(arguments))
                .filter(text -> !text.equals(MemorySegment.NULL))
                .map(text -> text.reinterpret(LONGEST_TEXT).getString(0));
    }

    private Optional<NativeFunction> find(String function) {
        return functions.computeIfAbsent(function, name -> symbols.find(name).map(NativeFunction::new));
    }
}
