package dev.headroom.session;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.headroom.session.OrtRuntime.OrtEnv;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A device as ONNX Runtime's C API names it, to create the {@link OrtArena} of it.
 *
 * @param memory the name of its memory
 * @param number its number among those of its kind
 * @param provider the execution provider that runs on it
 * @param options the provider's options; none for the CPU
 */
record ArenaDevice(String memory, int number, String provider, Map<String, String> options) {

    /** The CPU. */
    static final ArenaDevice CPU = new ArenaDevice("Cpu", 0, "CPUExecutionProvider", Map.of());

    private static final int CREATE_MEMORY_INFO = 68;
    private static final int CREATE_ARENA_CFG = 164;
    private static final int UNREGISTER_ALLOCATOR = 177;
    private static final int CREATE_AND_REGISTER_ALLOCATOR = 259;

    private static final int ARENA_ALLOCATOR = 1;
    private static final int DEFAULT_MEMORY = 0;
    private static final long EXTEND_BY_POWERS_OF_TWO = 0;

    /** A GPU by CUDA's index. */
    static ArenaDevice gpu(int index) {
        return new ArenaDevice("Cuda", index, "CUDAExecutionProvider", Map.of("device_id", Integer.toString(index)));
    }

    /**
     * Creates its arena within these limits, unless the process has it already. A small arena is one region from the beginning;
     * in a larger one each later region is as large as all before it. Otherwise batches of different shapes would each leave
     * regions behind that suit no other batch, and would fail within the limit.
     *
     * @param limits ONNX Runtime's settings of an arena, by their names
     * @throws IllegalStateException when ONNX Runtime or CUDA refuses
     */
    void createArena(Map<String, Long> limits) {
        SortedMap<String, Long> config = new TreeMap<>(limits);
        config.putAll(Map.of(
                "arena_extend_strategy", EXTEND_BY_POWERS_OF_TWO, "max_power_of_two_extend_bytes", Long.MAX_VALUE));
        OrtEnv env = OrtRuntime.env();
        try (Arena scope = Arena.ofConfined()) {
            MemorySegment values = scope.allocateFrom(
                    JAVA_LONG,
                    config.values().stream().mapToLong(Long::longValue).toArray());
            env.api()
                    .call(
                            CREATE_AND_REGISTER_ALLOCATOR,
                            env.pointer(),
                            scope.allocateFrom(provider),
                            memoryInfo(env.api(), scope),
                            env.api().create(CREATE_ARENA_CFG, OrtApi.texts(scope, config.keySet()), values, (long)
                                    config.size()),
                            OrtApi.texts(scope, options.keySet()),
                            OrtApi.texts(scope, options.values()),
                            (long) options.size());
        } catch (IllegalStateException e) {
            if (!e.getMessage().contains("already")) {
                throw e;
            }
        }
    }

    /** Has ONNX Runtime forget its arena, which ends with the last session that uses it. */
    void dropArena() {
        OrtEnv env = OrtRuntime.env();
        try (Arena scope = Arena.ofConfined()) {
            env.api().call(UNREGISTER_ALLOCATOR, env.pointer(), memoryInfo(env.api(), scope));
        }
    }

    /** The {@code OrtMemoryInfo*} of its arena. */
    MemorySegment memoryInfo(OrtApi api, Arena scope) {
        return api.create(CREATE_MEMORY_INFO, scope.allocateFrom(memory), ARENA_ALLOCATOR, number, DEFAULT_MEMORY);
    }
}
