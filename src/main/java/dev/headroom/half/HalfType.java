package dev.headroom.half;

import dev.headroom.plan.Precision;
import dev.headroom.tensor.BrainFloat;
import java.util.Map;
import java.util.Set;

/** A type of numbers in 16 bits, with what ONNX Runtime's CUDA provider computes in it. */
enum HalfType {
    /** IEEE's binary16. */
    FLOAT16(Precision.HALF, ".fp16", 10, 65504, 0x1p-14f, 7) {
        @Override
        short bits(float number) {
            return Float.floatToFloat16(number);
        }

        @Override
        boolean has(String operator, long opset) {
            return opset >= CLIP_VERSION || !operator.equals("Clip");
        }
    },
    /** The upper half of a float: its range, and 8 binary digits. */
    BFLOAT16(Precision.BFLOAT16, ".bf16", 16, 0x1.FEp127f, Float.MIN_NORMAL, 13) {
        @Override
        short bits(float number) {
            return BrainFloat.of(number);
        }

        @Override
        boolean has(String operator, long opset) {
            return !WITHOUT_BFLOAT16.contains(operator) && opset >= BFLOAT16_VERSIONS.getOrDefault(operator, 0);
        }
    };

    /** The first version of ONNX's operators of which CUDA has Clip in half precision. */
    private static final int CLIP_VERSION = 12;

    /**
     * The operators of which the CUDA provider has no kernel for bfloat16 in one of the builds for GPUs, of this or a newer version (ONNX
     * Runtime 1.24.1 and 1.29.0; each operator was opened alone, and the provider for the CPU was forbidden).
     */
    private static final Set<String> WITHOUT_BFLOAT16 = Set.of(
            "Attention",
            "Clip",
            "ConvTranspose",
            "DepthToSpace",
            "Einsum",
            "Elu",
            "Flatten",
            "Identity",
            "LeakyRelu",
            "PRelu",
            "Pad",
            "SpaceToDepth",
            "com.microsoft.FusedConv",
            "com.microsoft.FusedGemm",
            "com.microsoft.PackedAttention",
            "com.microsoft.PackedMultiHeadAttention");

    /** The first versions of ONNX's operators of which it has one, where the least version of all is not enough. */
    private static final Map<String, Integer> BFLOAT16_VERSIONS =
            Map.of("Conv", 22, "HardSigmoid", 22, "HardSwish", 22, "Where", 16);

    private final Precision precision;
    private final String suffix;
    private final int number;
    private final float largest;
    private final float leastNormal;
    private final int leastOpset;

    HalfType(Precision precision, String suffix, int number, float largest, float leastNormal, int leastOpset) {
        this.precision = precision;
        this.suffix = suffix;
        this.number = number;
        this.largest = largest;
        this.leastNormal = leastNormal;
        this.leastOpset = leastOpset;
    }

    /** The type of a precision in 16 bits. */
    static HalfType of(Precision precision) {
        return precision == Precision.BFLOAT16 ? BFLOAT16 : FLOAT16;
    }

    Precision precision() {
        return precision;
    }

    /** Ends the names of values that were converted to it. */
    String suffix() {
        return suffix;
    }

    /** Its number in onnx.proto. */
    int number() {
        return number;
    }

    /** The largest number of the type. */
    float largest() {
        return largest;
    }

    /** The least number of the type that has all its digits. */
    float leastNormal() {
        return leastNormal;
    }

    /** The first version of ONNX's operators that takes it. */
    int leastOpset() {
        return leastOpset;
    }

    /** The bits of the nearest number of the type. */
    abstract short bits(float number);

    /** True if CUDA has the operator in this type, of this version of ONNX's operators. */
    abstract boolean has(String operator, long opset);
}
