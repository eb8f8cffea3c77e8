package dev.headroom.model;

import dev.headroom.model.onnx.OnnxNodes;
import dev.headroom.model.onnx.OnnxNodes.Attribute;
import java.util.List;

/**
 * Nodes that turn the vectors of the tokens into one vector, as {@code Poolings} does in Java. Sums are products of matrices, and
 * the greatest is a TopK: CUDA would reduce the middle dimension by cuDNN, which a model of texts does not need.
 *
 * @param hidden the value of the tokens' vectors, FLOAT [batch, tokens, dimensions]
 * @param mask the value that is 1 for a token and 0 for padding, FLOAT [batch, tokens]
 */
record PoolingNodes(OnnxNodes nodes, String hidden, String mask) {

    private static final List<Attribute> TOKENS = List.of(new Attribute("axis", 1));

    /**
     * Nodes over the vectors of the tokens.
     *
     * @param input the graph's input that is the mask; empty where no row is padded
     */
    static PoolingNodes of(OnnxNodes nodes, String hidden, String input) {
        return new PoolingNodes(
                nodes, hidden, input.isEmpty() ? ones(nodes, hidden) : cast(nodes, input, OnnxNodes.FLOAT));
    }

    /** A value in another type. */
    static String cast(OnnxNodes nodes, String value, int type) {
        return nodes.add("Cast", List.of(new Attribute("to", type)), value);
    }

    /** A mask without padding, made without the size of the batch, which is known to the host only. */
    private static String ones(OnnxNodes nodes, String hidden) {
        String first = nodes.add("Slice", hidden, nodes.ints(0), nodes.ints(1), nodes.ints(2));
        String equal = cast(nodes, nodes.add("Equal", first, first), OnnxNodes.FLOAT);
        return nodes.add("Reshape", equal, nodes.ints(0, -1));
    }

    /** The vectors of several poolings, one behind the other. */
    String pooled(List<Pooling> poolings) {
        String[] parts = poolings.stream().map(this::pooled).toArray(String[]::new);
        return parts.length == 1 ? parts[0] : nodes.add("Concat", TOKENS, parts);
    }

    private String pooled(Pooling pooling) {
        return switch (pooling) {
            case CLS -> flat(nodes.add("Gather", TOKENS, hidden, nodes.ints(0)));
            case MAX -> max();
            case MEAN -> nodes.add("Div", sum(mask), atLeastOne(total(mask)));
            case MEAN_SQRT_LEN -> nodes.add("Div", sum(mask), nodes.add("Sqrt", atLeastOne(total(mask))));
            case WEIGHTED_MEAN -> {
                String weights = nodes.add("Mul", mask, places(mask));
                yield nodes.add("Div", sum(weights), atLeastOne(total(weights)));
            }
            case LAST_TOKEN -> {
                String last = nodes.add("Equal", places(mask), total(mask));
                yield sum(nodes.add("Mul", mask, cast(nodes, last, OnnxNodes.FLOAT)));
            }
        };
    }

    /** The sum of the vectors, each times its weight. */
    private String sum(String weights) {
        String row = nodes.add("Reshape", weights, nodes.ints(0, 1, -1));
        return flat(nodes.add("MatMul", row, insteadOfPadding(0)));
    }

    private String max() {
        return flat(nodes.add("TopK", TOKENS, insteadOfPadding(Float.NEGATIVE_INFINITY), nodes.ints(1)));
    }

    /** The vectors with a number where padding is, which may have overflowed: zero times that would be no number. */
    private String insteadOfPadding(float number) {
        String tokens = cast(nodes, nodes.add("Reshape", mask, nodes.ints(0, -1, 1)), OnnxNodes.BOOL);
        return nodes.add("Where", tokens, hidden, nodes.floats(List.of(), number));
    }

    /** The sums of a row's values up to each; of the mask, the places of the tokens from 1 on. */
    private String places(String values) {
        return nodes.add("CumSum", values, nodes.ints(1));
    }

    /** The sum of each row, [batch, 1]. */
    private String total(String values) {
        return nodes.add("Gather", TOKENS, places(values), nodes.ints(-1));
    }

    private String atLeastOne(String values) {
        return nodes.add("Max", values, nodes.floats(List.of(), 1));
    }

    /** Without the dimension of the tokens, which is 1. */
    private String flat(String vectors) {
        return nodes.add("Reshape", vectors, nodes.ints(0, -1));
    }
}
