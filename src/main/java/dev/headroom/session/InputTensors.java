package dev.headroom.session;

import static java.lang.foreign.ValueLayout.JAVA_BOOLEAN;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.headroom.model.onnx.DecoderGraph;
import dev.headroom.model.onnx.DecoderGraph.Port;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** The inputs of a decoder beside its keys and values, as tensors in main memory. */
record InputTensors(OrtTensors tensors, DecoderGraph.Inputs inputs) {

    private static final int BOOL = 9;

    /** An input of a run, to be released; its memory is the scope's. */
    MemorySegment tensor(Arena scope, Port port, DecoderInput input) {
        if (inputs.useCache().filter(port::equals).isPresent()) {
            MemorySegment flag = scope.allocate(1);
            flag.set(JAVA_BOOLEAN, 0, !input.first());
            return tensors.onHost(flag, BOOL, 1);
        }
        if (inputs.keep().filter(port::equals).isPresent()) {
            return whole(scope, port, new long[] {1}, port.rank() == 0 ? new long[0] : new long[] {1});
        }
        if (port.equals(inputs.ids())) {
            return whole(scope, port, input.ids(), input.rows(), input.width());
        }
        return inputs.mask().filter(port::equals).isPresent()
                ? whole(scope, port, input.mask(), input.rows(), input.maskWidth())
                : whole(scope, port, input.positions(), input.rows(), input.width());
    }

    private MemorySegment whole(Arena scope, Port port, long[] values, long... shape) {
        if (port.type() == DecoderGraph.INT64) {
            return tensors.onHost(scope.allocateFrom(JAVA_LONG, values), port.type(), shape);
        }
        MemorySegment ints = scope.allocate(JAVA_INT, values.length);
        for (int i = 0; i < values.length; i++) {
            ints.setAtIndex(JAVA_INT, i, (int) values[i]);
        }
        return tensors.onHost(ints, port.type(), shape);
    }
}
