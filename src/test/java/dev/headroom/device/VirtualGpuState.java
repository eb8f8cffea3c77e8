package dev.headroom.device;

import static java.lang.foreign.MemoryLayout.PathElement.groupElement;
import static java.lang.foreign.MemoryLayout.PathElement.sequenceElement;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.VarHandle;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/**
 * The state that all processes on the same virtual GPUs share, mapped: {@code struct state} of vgpu.h, in that order.
 * A path to a field is names and indices, such as {@code "cards", 0, "launches"}.
 */
final class VirtualGpuState {

    private static final long LAYOUT = 2;

    private static final StructLayout HOLDER =
            struct(longs("pid", "lost", "bytes", "peak", "page_locked", "page_locked_peak"));

    private static final StructLayout TENANT = struct(longs("pid", "bytes"));

    private static final StructLayout REFUSAL = struct(text("function", 48), longs("status", "times"));

    private static final StructLayout CARD = struct(
            text("name", 96),
            text("uuid", 48),
            longs("total", "reserved", "major", "minor", "slice_of", "slice", "split", "lost", "nonsense"),
            longs("fault_after", "fault_stays", "fault", "launches", "allocations", "refused"),
            longs("copies_in", "bytes_in", "copies_out", "bytes_out"),
            longs("waits", "graphs", "graph_nodes", "graph_launches", "spoilt"),
            array("tenants", 4, TENANT),
            array("holders", 64, HOLDER));

    private static final StructLayout STATE = struct(
            longs("layout", "size", "count", "driver_cuda"),
            text("driver", 32),
            longs("context_bytes", "handle_bytes", "kernel_bytes", "node_bytes", "gflops", "lock"),
            array("refusals", 8, REFUSAL),
            array("cards", 16, CARD));

    private static final VarHandle LONG = JAVA_LONG.varHandle();

    private final MemorySegment memory;

    /** Maps a file that the library has made. */
    VirtualGpuState(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            memory = channel.map(MapMode.READ_WRITE, 0, STATE.byteSize(), Arena.ofAuto());
        }
        if (get("layout") != LAYOUT || get("size") != STATE.byteSize()) {
            throw new IllegalStateException("vgpu.h has layout %d of %d bytes, not %d of %d"
                    .formatted(get("layout"), get("size"), LAYOUT, STATE.byteSize()));
        }
    }

    long get(Object... path) {
        return (long) LONG.getVolatile(memory, offset(path));
    }

    void set(long value, Object... path) {
        LONG.setVolatile(memory, offset(path), value);
    }

    String text(Object... path) {
        return memory.getString(offset(path));
    }

    void setText(String value, Object... path) {
        memory.setString(offset(path), value);
    }

    private static long offset(Object... path) {
        return STATE.byteOffset(Stream.of(path)
                .map(step -> step instanceof Integer index ? sequenceElement(index) : groupElement((String) step))
                .toArray(PathElement[]::new));
    }

    /** A struct of fields, and of lists of fields. */
    private static StructLayout struct(Object... parts) {
        return MemoryLayout.structLayout(Stream.of(parts)
                .flatMap(part -> part instanceof List<?> several ? several.stream() : Stream.of(part))
                .toArray(MemoryLayout[]::new));
    }

    private static List<MemoryLayout> longs(String... names) {
        return Stream.of(names).<MemoryLayout>map(JAVA_LONG::withName).toList();
    }

    private static MemoryLayout text(String name, int bytes) {
        return array(name, bytes, JAVA_BYTE);
    }

    private static MemoryLayout array(String name, int count, MemoryLayout of) {
        return MemoryLayout.sequenceLayout(count, of).withName(name);
    }
}
