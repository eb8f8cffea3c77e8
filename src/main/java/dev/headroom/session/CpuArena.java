package dev.headroom.session;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.headroom.device.DeviceMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Base64;

/**
 * The arena from which all sessions on the CPU take their memory: a device of exactly its size, which ends in an error
 * that a batch can be halved on, where a process that outgrows its container is killed. ONNX Runtime's Java API can
 * neither make it nor read it.
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
     * Makes the arena; sessions opened from now on with {@code session.use_env_allocators} share it. There is one in a
     * process, for its whole life: once it is there, it is shared as it is (Quarkus's development mode starts again in
     * the same process).
     *
     * @param bytes most bytes that all of them together take
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
     * All of it, up to 2 GiB, is one region from the beginning: batches of unlike shapes would otherwise each leave regions behind
     * that suit no other, and fail within the limit. The pages are the process's only once they are touched.
     */
    private MemorySegment config(long bytes) {
        int firstRegion = (int) Math.min(bytes, Integer.MAX_VALUE);
        return api.create(CREATE_ARENA_CFG, bytes, EXTEND_BY_POWERS_OF_TWO, firstRegion, DEFAULT_DEAD_BYTES);
    }

    /** The allocator of the arena; only a session hands it out, because it shares it. */
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
