package dev.headroom.model.onnx;

import dev.headroom.model.onnx.OnnxGraph.Node;
import dev.headroom.model.onnx.OnnxGraph.Use;
import java.util.List;
import java.util.Optional;

/**
 * The language model's head: the product of the tokens' states, {@code [rows, tokens, width]}, and one matrix, which gives the scores
 * of the vocabulary. Behind it may be operators that treat each score alone. Nothing in it mixes tokens.
 */
record LanguageHead(OnnxGraph graph) {

    /** The most nodes behind the product, and before its matrix. */
    private static final int DEEPEST = 16;

    /**
     * The place at which the product reads the states.
     *
     * @param scores the graph's output, of three dimensions
     * @return empty where the scores are made in another way
     */
    Optional<Use> states(String scores) {
        return states(scores, DEEPEST).filter(use -> !use.value().isEmpty());
    }

    private Optional<Use> states(String value, int deepest) {
        Optional<Node> maker = deepest == 0 || graph.uses(value) > (deepest == DEEPEST ? 0 : 1)
                ? Optional.empty()
                : graph.maker(value).filter(node -> !node.inputs().isEmpty());
        return maker.flatMap(node -> switch (node.operator()) {
            case "MatMul" ->
                first(node).filter(_ -> isMatrix(node.inputs().get(1).value(), DEEPEST));
            case "com.microsoft.MatMulNBits" -> first(node).filter(_ -> restIsConstant(node));
            case "Cast", "Identity", "Tanh" -> states(node.inputs().getFirst().value(), deepest - 1);
            case "Add", "Sub", "Mul", "Div" -> varying(node).flatMap(use -> states(use.value(), deepest - 1));
            default -> Optional.empty();
        });
    }

    private static Optional<Use> first(Node node) {
        return node.inputs().size() < 2
                ? Optional.empty()
                : Optional.of(node.inputs().getFirst());
    }

    /** The operand beside a number, or beside one for each token of the vocabulary. */
    private Optional<Use> varying(Node node) {
        List<Use> varying = node.inputs().stream()
                .filter(use -> graph.rankOfConstant(use.value()).orElse(2) > 1)
                .toList();
        return varying.size() == 1 ? Optional.of(varying.getFirst()) : Optional.empty();
    }

    private boolean restIsConstant(Node node) {
        return node.inputs().stream()
                .skip(1)
                .map(Use::value)
                .allMatch(
                        value -> value.isEmpty() || graph.rankOfConstant(value).isPresent());
    }

    /** True for an initialiser of two dimensions, transposed or in another type. */
    private boolean isMatrix(String value, int deepest) {
        if (graph.rankOfConstant(value).isPresent()) {
            return graph.rankOfConstant(value).getAsInt() == 2;
        }
        return deepest > 0
                && graph.maker(value)
                        .filter(node -> List.of("Transpose", "Cast", "Identity", "DequantizeLinear")
                                .contains(node.operator()))
                        .filter(node -> !node.inputs().isEmpty() && restIsConstant(node))
                        .filter(node -> isMatrix(node.inputs().getFirst().value(), deepest - 1))
                        .isPresent();
    }
}
