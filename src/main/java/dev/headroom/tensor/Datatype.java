package dev.headroom.tensor;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.TensorInfo.OnnxTensorType;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The element types of tensors, under the names of the Open Inference Protocol. */
public enum Datatype {
    BOOL(1, OnnxJavaType.BOOL, OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_BOOL),
    UINT8(1, OnnxJavaType.UINT8, OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT8),
    UINT16(2, OnnxJavaType.INT16, OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT16),
    UINT32(4, OnnxJavaType.INT32, OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT32),
    UINT64(8, OnnxJavaType.INT64, OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT64),
    INT8(1, OnnxJavaType.INT8, OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_INT8),
    INT16(2, OnnxJavaType.INT16, OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_INT16),
    INT32(4, OnnxJavaType.INT32, OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_INT32),
    INT64(8, OnnxJavaType.INT64, OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64),
    FP16(2, OnnxJavaType.FLOAT16, OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT16),
    BF16(2, OnnxJavaType.BFLOAT16, OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_BFLOAT16),
    FP32(4, OnnxJavaType.FLOAT, OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT),
    FP64(8, OnnxJavaType.DOUBLE, OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_DOUBLE),
    BYTES(0, OnnxJavaType.STRING, OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_STRING);

    /** Bytes of one element; 0 for {@link #BYTES}, whose elements have lengths of their own. */
    public final int bytes;

    /**
     * The type in ONNX Runtime's Java API, which has no unsigned integers of more than 8 bits: it reads outputs of them
     * as signed ones, bit by bit, and takes no inputs of them.
     */
    public final OnnxJavaType javaType;

    private final OnnxTensorType onnxType;

    private static final Map<OnnxTensorType, Datatype> BY_TYPE = new EnumMap<>(OnnxTensorType.class);
    private static final Map<String, Datatype> BY_NAME = new HashMap<>();

    static {
        for (Datatype datatype : values()) {
            BY_TYPE.put(datatype.onnxType, datatype);
            BY_NAME.put(datatype.name(), datatype);
        }
    }

    Datatype(int bytes, OnnxJavaType javaType, OnnxTensorType onnxType) {
        this.bytes = bytes;
        this.javaType = javaType;
        this.onnxType = onnxType;
    }

    /** The type of an input or output of a graph; empty for one that the protocol has no name for. */
    public static Optional<Datatype> of(OnnxTensorType type) {
        return Optional.ofNullable(BY_TYPE.get(type));
    }

    /** The type of this name; empty when there is none. */
    public static Optional<Datatype> named(String name) {
        return Optional.ofNullable(BY_NAME.get(name));
    }
}
