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
import java.util.Map;
import java.util.NoSuchElementException;
import org.jboss.logging.Logger;

/**
 * HotSpot's compilers, which the image's {@code java.args} hold back in the start, because there they would only take
 * processor time from what the first answer needs. The first compiles at twenty times its thresholds; those of the second are
 * reached by no method.
 *
 * <p>HotSpot reads these flags before each decision, but lets nobody change them while it runs. So they are written where
 * its own description of its memory, which debuggers use ({@code vmStructs}), says that they are.
 */
@SuppressWarnings("restricted")
final class LateCompilers {

    private static final Logger LOG = Logger.getLogger("dev.headroom");

    private static final long NEVER = 1_000_000_000;

    private static final Map<String, Threshold> THRESHOLDS = Map.of(
            "Tier3InvocationThreshold", new Threshold(4_000, 200),
            "Tier3MinInvocationThreshold", new Threshold(2_000, 100),
            "Tier3CompileThreshold", new Threshold(40_000, 2_000),
            "Tier4InvocationThreshold", new Threshold(NEVER, 5_000),
            "Tier4MinInvocationThreshold", new Threshold(NEVER, 600),
            "Tier4CompileThreshold", new Threshold(NEVER, 15_000),
            "Tier4BackEdgeThreshold", new Threshold(NEVER, 40_000));

    private static final AddressLayout POINTER =
            ADDRESS.withTargetLayout(MemoryLayout.sequenceLayout(Long.MAX_VALUE, JAVA_BYTE));

    private final SymbolLookup hotspot;

    /**
     * A threshold of HotSpot's.
     *
     * @param held in {@code java.args}
     * @param usual by default
     */
    private record Threshold(long held, long usual) {}

    private LateCompilers(SymbolLookup hotspot) {
        this.hotspot = hotspot;
    }

    /** Lets them compile as usual from now on. Does nothing in another JVM, or where the thresholds are not those of the image. */
    static void release() {
        Path library = Path.of(System.getProperty("java.home"), "lib", "server", System.mapLibraryName("jvm"));
        try (Arena scope = Arena.ofConfined()) {
            int lowered = new LateCompilers(SymbolLookup.libraryLookup(library, scope)).lower();
            LOG.debugf("%d thresholds of the compilers were lowered", lowered);
        } catch (NoSuchElementException | IllegalArgumentException e) {
            LOG.debug("The thresholds of the compilers were not found", e);
        }
    }

    private int lower() {
        MemorySegment flags =
                described("JVMFlag", "flags").get(POINTER, address("Address")).get(POINTER, 0);
        long count = described("JVMFlag", "numFlags")
                .get(POINTER, address("Address"))
                .get(JAVA_LONG, 0);
        long name = described("JVMFlag", "_name").get(JAVA_LONG, address("Offset"));
        long value = described("JVMFlag", "_addr").get(JAVA_LONG, address("Offset"));
        long size = sizeOfAFlag();
        int lowered = 0;
        for (long flag = 0; flag < count * size; flag += size) {
            MemorySegment text = flags.get(POINTER, flag + name);
            Threshold threshold = text.address() == 0 ? null : THRESHOLDS.get(text.getString(0));
            if (threshold != null && flags.get(POINTER, flag + value).get(JAVA_LONG, 0) == threshold.held()) {
                flags.get(POINTER, flag + value).set(JAVA_LONG, 0, threshold.usual());
                lowered++;
            }
        }
        return lowered;
    }

    /** The entry of a field in HotSpot's table of fields. */
    private MemorySegment described(String type, String field) {
        return entry("gHotSpotVMStruct", type, "FieldName", field);
    }

    private long address(String column) {
        return number("gHotSpotVMStructEntry" + column + "Offset");
    }

    private long sizeOfAFlag() {
        return entry("gHotSpotVMType", "JVMFlag", "TypeName", "JVMFlag")
                .get(JAVA_LONG, number("gHotSpotVMTypeEntrySizeOffset"));
    }

    /** The first entry of a type whose column has this text; the table ends with an entry without a type. */
    private MemorySegment entry(String table, String type, String column, String text) {
        long typeName = number(table + "EntryTypeNameOffset");
        long other = number(table + "Entry" + column + "Offset");
        long size = number(table + "EntryArrayStride");
        MemorySegment entries = symbol(table + "s").get(POINTER, 0);
        for (long entry = 0; entries.get(POINTER, entry + typeName).address() != 0; entry += size) {
            if (entries.get(POINTER, entry + typeName).getString(0).equals(type)
                    && entries.get(POINTER, entry + other).getString(0).equals(text)) {
                return entries.asSlice(entry, size);
            }
        }
        throw new NoSuchElementException(type + "::" + text);
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
