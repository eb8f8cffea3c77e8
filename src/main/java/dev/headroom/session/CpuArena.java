package dev.headroom.session;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.headroom.device.DeviceMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Base64;

/**
 * The arena from which all sessions on the CPU take their memory. It acts as a device of exactly its size: a batch that
 * does not fit fails and is halved, while a process that outgrows its container is killed. ONNX Runtime's Java API can
 * neither create nor read an arena.
 */
public final class CpuArena implements DeviceMemory {

    private static final int CREATE_SESSION_FROM_ARRAY = 8;
    private static final int CREATE_SESSION_OPTIONS = 10;
    private static final int CREATE_CPU_MEMORY_INFO = 69;
    private static final int ADD_SESSION_CONFIG_ENTRY = 130;
    private static final int CREATE_ALLOCATOR = 131;
    private static final int CREATE_AND_REGISTER_ALLOCATOR = 144;
    private static final int CREATE_ARENA_CFG = 156;
    private static final int GET_KEY_VALUE = 297;
    private static final int RELEASE_KEY_VALUE_PAIRS = 300;
    private static final int ALLOCATOR_GET_STATS = 319;

    private static final int ARENA_ALLOCATOR = 1;
    private static final int DEFAULT_MEMORY = 0;
    private static final int EXTEND_BY_POWERS_OF_TWO = 0;
    private static final int DEFAULT_DEAD_BYTES = -1;

    /** A graph of one Identity node. */
    static final byte[] SMALLEST_GRAPH = Base64.getDecoder()
            .decode("CAg6NwoQCgF4EgF5IghJZGVudGl0eRIBZ1oPCgF4EgoKCAgBEgQKAggBYg8KAXkSCgoICAESBAoCCAFCAhAN");

    private final OrtApi api = OrtRuntime.env().api();
    private final MemorySegment allocator;

    /**
     * Creates the arena. Sessions that open later with {@code session.use_env_allocators} share it. A process has one
     * arena for its whole life: a second instance, as in Quarkus's development mode, shares the first one's.
     *
     * @param bytes the most bytes that all sessions take together
     * @throws IllegalStateException when ONNX Runtime refuses
     */
    public CpuArena(long bytes) {
        MemorySegment environment = OrtRuntime.env().pointer();
        try {
            api.call(CREATE_AND_REGISTER_ALLOCATOR, environment, memoryInfo(api), config(bytes));
        } catch (IllegalStateException e) {
            if (!e.getMessage().contains("already")) {
                throw e;
            }
        }
        allocator = sharedAllocator(api, environment);
    }

    private static MemorySegment memoryInfo(OrtApi api) {
        return api.create(CREATE_CPU_MEMORY_INFO, ARENA_ALLOCATOR, DEFAULT_MEMORY);
    }

    /**
     * The whole arena, up to 2 GiB, is one region from the beginning. Otherwise batches of different shapes would each
     * leave regions behind that suit no other batch, and would fail within the limit. Untouched pages take no memory.
     */
    private MemorySegment config(long bytes) {
        int firstRegion = (int) Math.min(bytes, Integer.MAX_VALUE);
        return api.create(CREATE_ARENA_CFG, bytes, EXTEND_BY_POWERS_OF_TWO, firstRegion, DEFAULT_DEAD_BYTES);
    }

    /** The allocator of the arena, which only a session that shares it can return. */
    static MemorySegment sharedAllocator(OrtApi api, MemorySegment environment) {
        try (Arena memory = Arena.ofConfined()) {
            MemorySegment options = api.create(CREATE_SESSION_OPTIONS);
            api.call(
                    ADD_SESSION_CONFIG_ENTRY,
                    options,
                    memory.allocateFrom("session.use_env_allocators"),
                    memory.allocateFrom("1"));
            MemorySegment graph = memory.allocateFrom(JAVA_BYTE, SMALLEST_GRAPH);
            MemorySegment session =
                    api.create(CREATE_SESSION_FROM_ARRAY, environment, graph, graph.byteSize(), options);
            return api.create(CREATE_ALLOCATOR, session, memoryInfo(api));
        }
    }

    @Override
    public long heldBytes() {
        return statistic("InUse");
    }

    @Override
    public long peakBytes() {
        return statistic("MaxInUse");
    }

    @Override
    public long freeBytes() {
        return Math.max(0, totalBytes() - heldBytes());
    }

    @Override
    public long totalBytes() {
        return statistic("Limit");
    }

    private long statistic(String name) {
        return statistic(api, allocator, name);
    }

    /** One of the statistics that ONNX Runtime keeps of an arena, in bytes. */
    static long statistic(OrtApi api, MemorySegment allocator, String name) {
        MemorySegment statistics = api.create(ALLOCATOR_GET_STATS, allocator);
        try (Arena memory = Arena.ofConfined()) {
            return api.text(GET_KEY_VALUE, statistics, memory.allocateFrom(name))
                    .map(Long::parseLong)
                    .orElseThrow();
        } finally {
            api.release(RELEASE_KEY_VALUE_PAIRS, statistics);
        }
    }
}
