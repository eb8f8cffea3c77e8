package dev.headroom.half;

import java.util.Set;
import java.util.regex.Pattern;

/** The operators that work in half precision. Any other stays in full precision. */
final class Operators {

    private static final String MICROSOFT = "com.microsoft.";

    /** The operators that multiply matrices: most of a model's time, and of its weights. */
    private static final Set<String> PRODUCTS = Set.of(
            "Attention",
            "Conv",
            "ConvTranspose",
            "Einsum",
            "Gemm",
            "MatMul",
            MICROSOFT + "Attention",
            MICROSOFT + "FusedConv",
            MICROSOFT + "FusedGemm",
            MICROSOFT + "FusedMatMul",
            MICROSOFT + "GroupQueryAttention",
            MICROSOFT + "MultiHeadAttention",
            MICROSOFT + "PackedAttention",
            MICROSOFT + "PackedMultiHeadAttention");

    /** The operators that change or move each element alone, so that they lose nothing where their inputs are in half precision. */
    private static final Set<String> FOLLOWERS = Set.of(
            "Abs",
            "Add",
            "Clip",
            "Concat",
            "DepthToSpace",
            "Div",
            "Elu",
            "Erf",
            "Expand",
            "Flatten",
            "Gather",
            "GatherElements",
            "GatherND",
            "Gelu",
            "HardSigmoid",
            "HardSwish",
            "Identity",
            "LeakyRelu",
            "Max",
            "Min",
            "Mul",
            "Neg",
            "PRelu",
            "Pad",
            "Relu",
            "Reshape",
            "Sigmoid",
            "Slice",
            "SpaceToDepth",
            "Split",
            "Squeeze",
            "Sub",
            "Sum",
            "Tanh",
            "Tile",
            "Transpose",
            "Unsqueeze",
            "Where",
            MICROSOFT + "BiasGelu",
            MICROSOFT + "FastGelu",
            MICROSOFT + "Gelu",
            MICROSOFT + "QuickGelu",
            MICROSOFT + "RotaryEmbedding");

    /** The operators of which a constant is added or copied, so that an error counts against the largest of its elements. */
    private static final Set<String> ADDING = Set.of("Add", "Concat", "Gather", "Sub", "Sum", MICROSOFT + "BiasGelu");

    /** The operators that read the shape of their input and none of its elements. */
    private static final Set<String> OF_SHAPES = Set.of("Shape", "Size");

    /** The operators of graphs that are quantised. */
    private static final Pattern QUANTISED =
            Pattern.compile("(.*\\.)?(Q[A-Z].*|.*(Quantize|Quantized|Integer|NBits|Bnb4).*)");

    private Operators() {}

    static boolean multiplies(String operator) {
        return PRODUCTS.contains(operator);
    }

    static boolean follows(String operator) {
        return FOLLOWERS.contains(operator);
    }

    /** True if an element of a constant counts by its distance from zero relative to itself, as a factor does. */
    static boolean scales(String operator) {
        return !PRODUCTS.contains(operator) && !ADDING.contains(operator);
    }

    static boolean readsShapes(String operator) {
        return OF_SHAPES.contains(operator);
    }

    static boolean isQuantised(String operator) {
        return QUANTISED.matcher(operator).matches();
    }
}
