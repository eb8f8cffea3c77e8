package dev.headroom;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.NoSuchElementException;

/**
 * Where this JVM keeps its flags, by HotSpot's own description of its memory ({@code vmStructs}), which debuggers use. The
 * tables have thousands of entries, and a start reads them: so texts are compared by their first letter before all of them.
 */
@SuppressWarnings("restricted")
final class HotSpotFlags {

    private static final AddressLayout POINTER =
            ADDRESS.withTargetLayout(MemoryLayout.sequenceLayout(Long.MAX_VALUE, JAVA_BYTE));

    private static final String FLAG = "JVMFlag";

    private final SymbolLookup hotspot;

    private HotSpotFlags(SymbolLookup hotspot) {
        this.hotspot = hotspot;
    }

    /**
     * The memory of each flag of eight bytes whose name begins so, as long as the JVM runs.
     *
     * @throws NoSuchElementException when the JVM does not describe itself so
     * @throws IllegalArgumentException when it is no HotSpot
     */
    static Map<String, MemorySegment> named(String prefix) {
        Path library = Path.of(System.getProperty("java.home"), "lib", "server", System.mapLibraryName("jvm"));
        try (Arena scope = Arena.ofConfined()) {
            return new HotSpotFlags(SymbolLookup.libraryLookup(library, scope)).find(prefix);
        }
    }

    private Map<String, MemorySegment> find(String prefix) {
        long address = number("gHotSpotVMStructEntryAddressOffset");
        long offset = number("gHotSpotVMStructEntryOffsetOffset");
        MemorySegment flags = field("flags").get(POINTER, address).get(POINTER, 0);
        long count = field("numFlags").get(POINTER, address).get(JAVA_LONG, 0);
        long name = field("_name").get(JAVA_LONG, offset);
        long value = field("_addr").get(JAVA_LONG, offset);
        long size = entry("gHotSpotVMType", "TypeName", FLAG).get(JAVA_LONG, number("gHotSpotVMTypeEntrySizeOffset"));
        Map<String, MemorySegment> found = new HashMap<>();
        for (long flag = 0; flag < count * size; flag += size) {
            MemorySegment text = flags.get(POINTER, flag + name);
            if (text.address() != 0 && text.get(JAVA_BYTE, 0) == prefix.charAt(0)) {
                String whole = text.getString(0);
                if (whole.startsWith(prefix)) {
                    MemorySegment memory = flags.get(POINTER, flag + value);
                    found.put(whole, MemorySegment.ofAddress(memory.address()).reinterpret(JAVA_LONG.byteSize()));
                }
            }
        }
        return found;
    }

    /** The entry of one of a flag's fields. */
    private MemorySegment field(String name) {
        return entry("gHotSpotVMStruct", "FieldName", name);
    }

    /** The first entry of the type of flags whose column has this text; the table ends with an entry without a type. */
    private MemorySegment entry(String table, String column, String text) {
        long type = number(table + "EntryTypeNameOffset");
        long other = number(table + "Entry" + column + "Offset");
        long size = number(table + "EntryArrayStride");
        MemorySegment entries = symbol(table + "s").get(POINTER, 0);
        for (long entry = 0; ; entry += size) {
            MemorySegment name = entries.get(POINTER, entry + type);
            if (name.address() == 0) {
                throw new NoSuchElementException(FLAG + "::" + text);
            }
            if (is(name, FLAG) && is(entries.get(POINTER, entry + other), text)) {
                return entries.asSlice(entry, size);
            }
        }
    }

    private static boolean is(MemorySegment name, String text) {
        return name.get(JAVA_BYTE, 0) == text.charAt(0) && name.getString(0).equals(text);
    }

    private long number(String symbol) {
        return symbol(symbol).get(JAVA_LONG, 0);
    }

    private MemorySegment symbol(String name) {
        return hotspot.find(name)
                .orElseThrow(() -> new NoSuchElementException(name))
                .reinterpret(JAVA_LONG.byteSize());
    }
}
