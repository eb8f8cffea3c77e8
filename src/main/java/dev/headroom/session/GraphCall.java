package dev.headroom.session;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** The call that runs a session's graph, with the names of the inputs and outputs that each run has. One thread calls. */
final class GraphCall implements AutoCloseable {

    private static final int RUN = 9;

    private final OrtApi api = OrtRuntime.env().api();
    private final Arena names = Arena.ofShared();
    private final MemorySegment session;
    private final MemorySegment inputNames;
    private final MemorySegment outputNames;
    private final long inputs;
    private final long outputs;

    /**
     * Nothing runs yet.
     *
     * @param session the {@code OrtSession*}, which outlives it
     * @param inputs the names of the inputs, in the order of their values
     * @param outputs the same of the outputs
     */
    GraphCall(MemorySegment session, List<String> inputs, List<String> outputs) {
        this.session = session;
        this.inputNames = OrtApi.texts(names, inputs);
        this.outputNames = OrtApi.texts(names, outputs);
        this.inputs = inputs.size();
        this.outputs = outputs.size();
    }

    /**
     * Runs the graph.
     *
     * @param inputValues an {@code OrtValue*} for each input
     * @param outputValues the same for each output; ONNX Runtime makes those that are null
     * @throws IllegalStateException with ONNX Runtime's message when it did not run
     */
    void run(OrtRunOptions options, MemorySegment inputValues, MemorySegment outputValues) {
        api.call(RUN, session, options.pointer(), inputNames, inputValues, inputs, outputNames, outputs, outputValues);
    }

    @Override
    public void close() {
        names.close();
    }
}
