package dev.headroom.session;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.headroom.device.DeviceMemory;
import dev.headroom.session.OrtRuntime.OrtEnv;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * An arena of ONNX Runtime from which all sessions on one device take their memory, weights included. It acts as a device
 * of exactly its size: a batch that does not fit fails and is halved, while a process that outgrows its container is killed.
 * A CPU's arena is the memory of that device; on a GPU {@link CudaArena} adds what the driver tells. ONNX Runtime's Java API
 * can neither create nor read an arena. Any thread may read it.
 */
public final class OrtArena implements DeviceMemory, AutoCloseable {

    private static final int CREATE_SESSION_FROM_ARRAY = 8;
    private static final int CREATE_SESSION_OPTIONS = 10;
    private static final int RELEASE_SESSION = 95;
    private static final int RELEASE_SESSION_OPTIONS = 100;
    private static final int ADD_SESSION_CONFIG_ENTRY = 130;
    private static final int CREATE_ALLOCATOR = 131;
    private static final int RELEASE_ALLOCATOR = 132;
    private static final int APPEND_CUDA = 204;
    private static final int CREATE_CUDA_OPTIONS = 205;
    private static final int UPDATE_CUDA_OPTIONS = 206;
    private static final int RELEASE_CUDA_OPTIONS = 208;
    private static final int GET_KEY_VALUE = 297;
    private static final int RELEASE_KEY_VALUE_PAIRS = 300;
    private static final int ALLOCATOR_GET_STATS = 319;

    /**
     * More of a chunk than this is not given away with what was asked for. By default up to 128 MiB are, so that in a small
     * arena a batch may take a quarter more than it needs.
     */
    private static final long MOST_WASTE_BYTES = 64 << 10;

    /**
     * The first region of a large arena in main memory. ONNX Runtime writes a table of a 32nd of a region when it takes one:
     * 64 MiB, and a quarter second of a start, for 2 GiB.
     */
    private static final long FIRST_REGION_BYTES = 256L << 20;

    /** A graph of one Identity node. */
    private static final byte[] SMALLEST_GRAPH = Base64.getDecoder()
            .decode("CAg6NwoQCgF4EgF5IghJZGVudGl0eRIBZ1oPCgF4EgoKCAgBEgQKAggBYg8KAXkSCgoICAESBAoCCAFCAhAN");

    private final OrtApi api;
    private final ArenaDevice device;
    private final MemorySegment allocator;

    /** The arena of the CPU, once {@link #cpu(long)} has created it. */
    static OrtArena cpu(OrtEnv env) {
        return new OrtArena(env, ArenaDevice.CPU);
    }

    /**
     * Creates the arena of the CPU. Sessions that open later with {@code session.use_env_allocators} share it, and untouched
     * pages take no memory. A second call, as in Quarkus's development mode, returns
     * the first one's until that is closed.
     *
     * @param bytes the most bytes that all sessions take together
     * @throws IllegalStateException when ONNX Runtime refuses
     */
    public static OrtArena cpu(long bytes) {
        long first = bytes < 2 * FIRST_REGION_BYTES ? bytes : FIRST_REGION_BYTES;
        Map<String, Long> limits = Map.of("max_mem", bytes, "initial_chunk_size_bytes", first);
        ArenaDevice.CPU.createArena(limits);
        return cpu(OrtRuntime.env());
    }

    /**
     * Creates the arena of a GPU, or returns it where the process has it already; a thread of the device calls.
     *
     * @param device CUDA's index of the GPU
     * @param bytes the most bytes that all sessions take together
     * @throws IllegalStateException when ONNX Runtime or CUDA refuses
     */
    static OrtArena cuda(int device, long bytes) {
        Map<String, Long> limits = Map.of(
                "max_mem",
                bytes,
                "initial_chunk_size_bytes",
                Math.min(bytes, Integer.MAX_VALUE),
                "max_dead_bytes_per_chunk",
                MOST_WASTE_BYTES);
        ArenaDevice gpu = ArenaDevice.gpu(device);
        gpu.createArena(limits);
        return new OrtArena(OrtRuntime.env(), gpu);
    }

    /** Only a session that shares the arena can return its allocator. */
    private OrtArena(OrtEnv env, ArenaDevice device) {
        api = env.api();
        this.device = device;
        try (Arena scope = Arena.ofConfined()) {
            MemorySegment options = api.create(CREATE_SESSION_OPTIONS);
            api.call(
                    ADD_SESSION_CONFIG_ENTRY,
                    options,
                    scope.allocateFrom("session.use_env_allocators"),
                    scope.allocateFrom("1"));
            if (!device.options().isEmpty()) {
                appendCuda(scope, options, device.options());
            }
            MemorySegment graph = scope.allocateFrom(JAVA_BYTE, SMALLEST_GRAPH);
            MemorySegment session =
                    api.create(CREATE_SESSION_FROM_ARRAY, env.pointer(), graph, graph.byteSize(), options);
            allocator = api.create(CREATE_ALLOCATOR, session, device.memoryInfo(api, scope));
            api.release(RELEASE_SESSION, session);
            api.release(RELEASE_SESSION_OPTIONS, options);
        }
    }

    private void appendCuda(Arena scope, MemorySegment session, Map<String, String> cuda) {
        MemorySegment options = api.create(CREATE_CUDA_OPTIONS);
        api.call(
                UPDATE_CUDA_OPTIONS,
                options,
                OrtApi.texts(scope, cuda.keySet()),
                OrtApi.texts(scope, cuda.values()),
                (long) cuda.size());
        api.call(APPEND_CUDA, session, options);
        api.release(RELEASE_CUDA_OPTIONS, options);
    }

    /** Gives its memory back, once all sessions are closed. Nothing may read it any more; the next one may have another size. */
    @Override
    public void close() {
        api.release(RELEASE_ALLOCATOR, allocator);
        device.dropArena();
    }

    /** The {@code OrtAllocator*}. */
    MemorySegment allocator() {
        return allocator;
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

    /** Bytes that the arena has taken of the device. */
    long allocatedBytes() {
        return statistic("TotalAllocated");
    }

    @Override
    public long totalBytes() {
        return statistic("Limit");
    }

    private long statistic(String name) {
        return statistics(api, allocator, name).getFirst();
    }

    /** Statistics of an arena by their names, read at one time. */
    static List<Long> statistics(OrtApi api, MemorySegment allocator, String... names) {
        MemorySegment statistics = api.create(ALLOCATOR_GET_STATS, allocator);
        try (Arena scope = Arena.ofConfined()) {
            return Stream.of(names)
                    .map(name -> api.text(GET_KEY_VALUE, statistics, scope.allocateFrom(name))
                            .map(Long::valueOf)
                            .orElseThrow())
                    .toList();
        } finally {
            api.release(RELEASE_KEY_VALUE_PAIRS, statistics);
        }
    }
}
