package dev.headroom.session;

import dev.headroom.tensor.Datatype;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The inputs and outputs of one shape, bound to fixed addresses of the device. ONNX Runtime's Java API cannot bind. */
final class BoundShape implements AutoCloseable {

    private static final int RELEASE_VALUE = 96;
    private static final int RUN_WITH_BINDING = 133;
    private static final int CREATE_IO_BINDING = 134;
    private static final int RELEASE_IO_BINDING = 135;
    private static final int BIND_INPUT = 136;
    private static final int BIND_OUTPUT = 137;

    private final OrtApi api;
    private final MemorySegment session;
    private final OrtRunOptions options;
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
        options = new OrtRunOptions(api, Map.of(CudaGraphs.RUN_OPTION, Integer.toString(graph)));
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

    /** Binds an input of the caller's, whose memory is there for as long as this runs. */
    void input(String name, MemorySegment value) {
        bind(BIND_INPUT, name, value);
    }

    /** Binds an output of the caller's. */
    void output(String name, MemorySegment value) {
        bind(BIND_OUTPUT, name, value);
    }

    @SuppressWarnings("restricted")
    private void bind(int function, BucketTensor tensor, MemorySegment device, MemorySegment at) {
        MemorySegment value = OrtTensors.over(
                api,
                device,
                at.reinterpret(tensor.bytes()),
                elementType(tensor.node().datatype()),
                tensor.bucket());
        values.add(value);
        bind(function, tensor.node().name(), value);
    }

    private void bind(int function, String name, MemorySegment value) {
        try (Arena scope = Arena.ofConfined()) {
            api.call(function, binding, scope.allocateFrom(name), value);
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
        api.call(RUN_WITH_BINDING, session, options.pointer(), binding);
    }

    @Override
    public void close() {
        api.release(RELEASE_IO_BINDING, binding);
        values.forEach(value -> api.release(RELEASE_VALUE, value));
        options.close();
    }
}
