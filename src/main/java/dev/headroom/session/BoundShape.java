package dev.headroom.session;

import dev.headroom.tensor.Datatype;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** The inputs and outputs of one shape, bound to fixed addresses of the device. ONNX Runtime's Java API cannot bind. */
final class BoundShape implements AutoCloseable {

    private static final int CREATE_RUN_OPTIONS = 39;
    private static final int RELEASE_VALUE = 96;
    private static final int RELEASE_RUN_OPTIONS = 97;
    private static final int RUN_WITH_BINDING = 133;
    private static final int CREATE_IO_BINDING = 134;
    private static final int RELEASE_IO_BINDING = 135;
    private static final int BIND_INPUT = 136;
    private static final int BIND_OUTPUT = 137;
    private static final int ADD_RUN_CONFIG_ENTRY = 165;

    private final OrtApi api;
    private final MemorySegment session;
    private final MemorySegment options;
    private final MemorySegment binding;
    private final List<MemorySegment> values = new ArrayList<>();

    /**
     * Binds nothing yet.
     *
     * @param session the {@code OrtSession*}
     * @param graph the number under which the session captures this shape, which no other shape of the session ever has: it
     *     would be answered with this one's graph
     * @throws IllegalStateException when ONNX Runtime refuses
     */
    BoundShape(OrtApi api, MemorySegment session, int graph) {
        this.api = api;
        this.session = session;
        options = api.create(CREATE_RUN_OPTIONS);
        try (Arena scope = Arena.ofConfined()) {
            api.call(
                    ADD_RUN_CONFIG_ENTRY,
                    options,
                    scope.allocateFrom(CudaGraphs.RUN_OPTION),
                    scope.allocateFrom(Integer.toString(graph)));
        }
        binding = api.create(CREATE_IO_BINDING, session);
    }

    /** Binds an input at an address of the device. */
    void input(BucketTensor input, MemorySegment device, MemorySegment at) {
        bind(BIND_INPUT, input, device, at);
    }

    /** Binds an output at an address of the device. */
    void output(BucketTensor output, MemorySegment device, MemorySegment at) {
        bind(BIND_OUTPUT, output, device, at);
    }

    @SuppressWarnings("restricted")
    private void bind(int function, BucketTensor tensor, MemorySegment device, MemorySegment at) {
        try (Arena scope = Arena.ofConfined()) {
            MemorySegment value = OrtTensors.over(
                    api,
                    device,
                    at.reinterpret(tensor.bytes()),
                    elementType(tensor.node().datatype()),
                    tensor.bucket());
            values.add(value);
            api.call(function, binding, scope.allocateFrom(tensor.node().name()), value);
        }
    }

    /** The {@code ONNXTensorElementDataType}, whose numbers are others than those of the Java API. */
    private static int elementType(Datatype type) {
        return switch (type) {
            case FP32 -> 1;
            case UINT8 -> 2;
            case INT8 -> 3;
            case UINT16 -> 4;
            case INT16 -> 5;
            case INT32 -> 6;
            case INT64 -> 7;
            case BYTES -> 8;
            case BOOL -> 9;
            case FP16 -> 10;
            case FP64 -> 11;
            case UINT32 -> 12;
            case UINT64 -> 13;
            case BF16 -> 16;
        };
    }

    /**
     * Runs what lies in the inputs. The first run captures the graph.
     *
     * @throws IllegalStateException with ONNX Runtime's message when the run fails
     */
    void run() {
        api.call(RUN_WITH_BINDING, session, options, binding);
    }

    @Override
    public void close() {
        api.release(RELEASE_IO_BINDING, binding);
        values.forEach(value -> api.release(RELEASE_VALUE, value));
        api.release(RELEASE_RUN_OPTIONS, options);
    }
}
