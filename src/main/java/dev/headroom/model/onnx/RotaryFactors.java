package dev.headroom.model.onnx;

import dev.headroom.model.onnx.OnnxGraph.Node;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/**
 * How a graph rotates queries and keys: by the same factors for all lengths, or by others for long sequences (LongRoPE).
 *
 * @param originalContext the most tokens of a sequence that the short factors are for, config.json's {@code
 *     original_max_position_embeddings}; empty where the factors are the same for all lengths
 * @param byMask true if the width of the mask decides between short and long factors; else the places of a run's tokens do
 */
public record RotaryFactors(OptionalInt originalContext, boolean byMask) {

    /** The same for all lengths. */
    static final RotaryFactors ALIKE = new RotaryFactors(OptionalInt.empty(), false);

    private static final Set<String> ROTATING =
            Set.of("com.microsoft.GroupQueryAttention", "com.microsoft.RotaryEmbedding", "RotaryEmbedding");

    /** The most operators between a choice and its use. */
    private static final int FURTHEST = 4;

    /** A graph that chooses in another way. */
    static final class UnknownChoice extends Exception {

        private static final long serialVersionUID = 1L;

        UnknownChoice() {
            super("chooses between rotary factors in a way that is not known; export it with a newer onnxruntime-genai"
                    + " builder");
        }
    }

    /**
     * Reads them.
     *
     * @throws UnknownChoice when an {@code If} of another kind makes a value that rotates
     */
    static RotaryFactors of(OnnxGraph graph, Optional<String> mask, Optional<String> positions) throws UnknownChoice {
        for (Node node : graph.nodes(ROTATING)) {
            for (int place = 0; place < node.inputs().size(); place++) {
                Optional<Node> choice = choice(graph, node.input(place), FURTHEST);
                if (choice.isPresent()) {
                    return new RotaryFactors(OptionalInt.of(mostByMask(graph, choice.get(), mask)), true);
                }
            }
        }
        return positions
                .map(places -> new RotaryFactors(mostByPositions(graph, places), false))
                .orElse(ALIKE);
    }

    /** The If that makes a value, also where it is converted behind that. */
    private static Optional<Node> choice(OnnxGraph graph, String value, int furthest) {
        Optional<Node> maker = furthest == 0 ? Optional.empty() : graph.maker(value);
        return maker.flatMap(node -> switch (node.operator()) {
            case "If" -> maker;
            case "Cast", "Identity" -> choice(graph, node.input(0), furthest - 1);
            default -> Optional.empty();
        });
    }

    /** {@code attention_mask -> Shape -> Gather of 1 -> Greater -> If}. */
    private static int mostByMask(OnnxGraph graph, Node choice, Optional<String> mask) throws UnknownChoice {
        Optional<Node> greater = made(graph, choice.input(0), "Greater");
        Optional<Node> width = greater.flatMap(node -> made(graph, node.input(0), "Gather"))
                .filter(node -> graph.whole(node.input(1)).equals(OptionalLong.of(1)));
        boolean ofMask = width.flatMap(node -> made(graph, node.input(0), "Shape"))
                .filter(node -> mask.filter(node.input(0)::equals).isPresent())
                .isPresent();
        OptionalLong most = greater.map(node -> graph.whole(node.input(1))).orElse(OptionalLong.empty());
        if (!ofMask || most.isEmpty() || most.getAsLong() < 1) {
            throw new UnknownChoice();
        }
        return (int) Math.min(Integer.MAX_VALUE, most.getAsLong());
    }

    /** {@code position_ids -> ReduceMax -> GreaterOrEqual}, as exports for DirectML have it. */
    private static OptionalInt mostByPositions(OnnxGraph graph, String positions) {
        return graph.nodes(Set.of("GreaterOrEqual")).stream()
                .filter(node -> isMost(graph, node.input(0), positions))
                .map(node -> graph.whole(node.input(1)))
                .filter(most -> most.isPresent() && most.getAsLong() > 0)
                .mapToInt(most -> (int) Math.min(Integer.MAX_VALUE, most.getAsLong()))
                .findFirst();
    }

    private static boolean isMost(OnnxGraph graph, String value, String positions) {
        Optional<String> reduced = made(graph, value, "ReduceMax").map(node -> node.input(0));
        return reduced.filter(of -> of.equals(positions)
                        || made(graph, of, "Cast")
                                .filter(cast -> cast.input(0).equals(positions))
                                .isPresent())
                .isPresent();
    }

    private static Optional<Node> made(OnnxGraph graph, String value, String operator) {
        return graph.maker(value).filter(node -> node.operator().equals(operator));
    }
}
