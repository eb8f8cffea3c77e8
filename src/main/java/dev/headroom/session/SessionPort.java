package dev.headroom.session;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.TensorInfo;
import dev.headroom.model.GraphTail;
import dev.headroom.model.ModelSpec;
import dev.headroom.model.file.BrokenModelException;
import dev.headroom.tensor.Datatype;
import dev.headroom.tensor.Port;
import java.util.List;
import java.util.Map;

/**
 * An input or output of a graph, as ONNX Runtime has opened it.
 *
 * @param name its name in the graph
 * @param info its type and dimensions, an open dimension being -1
 */
record SessionPort(String name, TensorInfo info) {

    /** Those that are tensors. */
    static List<SessionPort> of(Map<String, NodeInfo> nodes) {
        return nodes.values().stream()
                .filter(node -> node.getInfo() instanceof TensorInfo)
                .map(node -> new SessionPort(node.getName(), (TensorInfo) node.getInfo()))
                .toList();
    }

    /** The type of its elements; all inputs and outputs that are used have a known one. */
    Datatype datatype() {
        return Datatype.of(info.onnxType).orElseThrow();
    }

    /** The same as requests name it. */
    Port port() {
        return new Port(name, datatype(), info.getShape());
    }

    /** True if its first dimension is open. */
    boolean isBatched() {
        return info.getShape().length > 0 && info.getShape()[0] < 0;
    }

    /** True unless it is an output that was appended to the graph, which callers neither see nor ask for. */
    boolean isOwn() {
        return !name.equals(GraphTail.OUTPUT);
    }

    /** True if ONNX Runtime takes tensors of this type from Java. */
    boolean isGiven() {
        return switch (info.onnxType) {
            case ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT16,
                    ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT32,
                    ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT64 -> false;
            default -> info.type != OnnxJavaType.UNKNOWN;
        };
    }

    /**
     * Passes where it is an input that batches can be given.
     *
     * @throws BrokenModelException when it has no open first dimension, or ONNX Runtime cannot be given its type
     */
    void checkInput(ModelSpec spec) {
        if (!isBatched()) {
            throw new BrokenModelException(
                    ("%s: input %s of %s has the shape %s, whose first dimension is fixed; export"
                                    + " the model with a dynamic batch dimension.")
                            .formatted(
                                    spec.onnx().getParent(), name, spec.onnx().getFileName(), info));
        }
        if (!isGiven()) {
            throw new BrokenModelException(
                    "%s: input %s of %s is %s, which ONNX Runtime takes from no Java program; export the model with a signed integer there."
                            .formatted(
                                    spec.onnx().getParent(),
                                    name,
                                    spec.onnx().getFileName(),
                                    info.onnxType.name().replaceFirst(".*_", "")));
        }
    }
}
