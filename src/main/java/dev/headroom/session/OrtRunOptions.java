package dev.headroom.session;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Map;

/** The options of a run by ONNX Runtime's C API. */
final class OrtRunOptions implements AutoCloseable {

    private static final int CREATE_RUN_OPTIONS = 39;
    private static final int RELEASE_RUN_OPTIONS = 97;
    private static final int ADD_RUN_CONFIG_ENTRY = 165;

    private final OrtApi api;
    private final MemorySegment pointer;

    /** Options of these names and values. */
    OrtRunOptions(OrtApi api, Map<String, String> entries) {
        this.api = api;
        pointer = api.create(CREATE_RUN_OPTIONS);
        try (Arena scope = Arena.ofConfined()) {
            entries.forEach((name, value) ->
                    api.call(ADD_RUN_CONFIG_ENTRY, pointer, scope.allocateFrom(name), scope.allocateFrom(value)));
        }
    }

    /** The {@code OrtRunOptions*}. */
    MemorySegment pointer() {
        return pointer;
    }

    @Override
    public void close() {
        api.release(RELEASE_RUN_OPTIONS, pointer);
    }
}
