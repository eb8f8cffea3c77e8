package dev.headroom.model.onnx;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.headroom.model.file.BrokenModelException;
import dev.headroom.model.onnx.GraphEdit.Replacement;
import dev.headroom.model.onnx.OnnxGraph.Node;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What the attention of a graph that continues keys and values asks of whoever runs it.
 *
 * @param shared true if the graph writes new keys and values into the memory of the old ones (GroupQueryAttention); else it
 *     returns both one behind the other
 * @param originalContext the most tokens of a sequence that the graph's short rotary factors are for (LongRoPE: config.json's
 *     {@code original_max_position_embeddings}); empty where the factors are the same for all lengths
 * @param byMask true if the width of the mask decides between short and long factors; else the positions of a run's tokens do
 * @param windowed nodes that would keep the keys and values of a window alone, in memory of another length than other layers'
 */
public record Attention(boolean shared, OptionalInt originalContext, boolean byMask, List<Replacement> windowed) {

    private static final String GROUPED = "GroupQueryAttention";
    private static final String MICROSOFT = "com.microsoft.";
    private static final Set<String> ROTATING =
            Set.of(MICROSOFT + GROUPED, MICROSOFT + "RotaryEmbedding", "RotaryEmbedding");

    /** The attribute of GroupQueryAttention with which onnxruntime-genai's builder marks layers of a sliding window. */
    private static final String WINDOW = "sliding_window_cache";

    /** The tag of a field of some length, whose number NodeProto does not have. */
    private static final byte UNKNOWN_FIELD = 15 << 3 | 2;

    /**
     * Reads the nodes of a graph.
     *
     * @throws BrokenModelException when the file cannot be read, chooses its rotary factors in a way that is not known, or keeps
     *     windows and cannot be changed in memory
     */
    public static Attention read(OnnxFile file) {
        boolean shared = file.operators().contains(GROUPED);
        if (!shared && !file.operators().contains("RotaryEmbedding")) {
            return new Attention(false, OptionalInt.empty(), false, List.of());
        }
        try {
            OnnxGraph graph = OnnxGraph.read(file.path());
            List<Replacement> windowed = windowed(graph);
            if (!windowed.isEmpty() && !GraphEdit.suits(file)) {
                throw broken(
                        file.path(),
                        "keeps a window of keys and values in some layers (sliding_window_cache), which cannot be"
                                + " changed in a file of more than 512 MiB or whose weights lie behind links out of its"
                                + " folder; put graph and weights into one folder, with the weights in a file of their own");
            }
            return new RotaryFactors(graph, file.path()).attention(shared, windowed);
        } catch (InvalidProtocolBufferException e) {
            return new Attention(shared, OptionalInt.empty(), false, List.of()); // ONNX Runtime will report it
        } catch (IOException e) {
            throw broken(file.path(), "cannot be read (%s); check its permissions".formatted(e.getMessage()));
        }
    }

    private static BrokenModelException broken(Path path, String problem) {
        return new BrokenModelException(
                "%s: the file %s %s.".formatted(path.resolveSibling(""), path.getFileName(), problem));
    }

    /**
     * Layers that slide see no more than their window anyway. So all of them keep all keys and values, as the others do: the attribute
     * becomes a field that ONNX does not have, which every version of ONNX Runtime skips.
     */
    private static List<Replacement> windowed(OnnxGraph graph) {
        return graph.nodes(Set.of(MICROSOFT + GROUPED)).stream()
                .map(node -> node.wholes().get(WINDOW))
                .filter(window -> window != null && window.value() == 1)
                .map(window -> new Replacement(Math.toIntExact(window.position()), new byte[] {UNKNOWN_FIELD}))
                .toList();
    }

    /** True if the graph runs sequences of any length, each by the factors that its mask chooses. */
    boolean choosesByMask() {
        return shared && byMask;
    }

    /** The change of the graph that has all layers keep all keys and values; empty where they do. */
    Optional<GraphEdit> edit() {
        return windowed.isEmpty() ? Optional.empty() : Optional.of(new GraphEdit(windowed, new byte[0]));
    }

    /** The choice of a graph between short and long rotary factors. */
    private record RotaryFactors(OnnxGraph graph, Path path) {

        Attention attention(boolean shared, List<Replacement> windowed) {
            for (Node node : graph.nodes(ROTATING)) {
                for (int place = 0; place < node.inputs().size(); place++) {
                    Optional<Node> choice = graph.maker(node.input(place))
                            .filter(maker -> maker.operator().equals("If"));
                    if (choice.isPresent()) {
                        return new Attention(shared, OptionalInt.of(byMask(choice.get())), true, windowed);
                    }
                }
            }
            return new Attention(shared, byPositions(), false, windowed);
        }

        /** {@code attention_mask -> Shape -> Gather -> Greater -> If}. */
        private int byMask(Node choice) {
            Optional<Node> greater = made(choice.input(0), "Greater");
            boolean ofMask = greater.flatMap(node -> made(node.input(0), "Gather"))
                    .flatMap(node -> made(node.input(0), "Shape"))
                    .isPresent();
            OptionalLong most = greater.map(node -> graph.whole(node.input(1))).orElse(OptionalLong.empty());
            if (!ofMask || most.isEmpty() || most.getAsLong() < 1) {
                throw broken(
                        path,
                        "chooses between rotary factors in a way that is not known; export it with a newer"
                                + " onnxruntime-genai builder");
            }
            return Math.toIntExact(most.getAsLong());
        }

        /** {@code position_ids -> ReduceMax -> GreaterOrEqual}, as exports for WebGPU have it. */
        private OptionalInt byPositions() {
            return graph.nodes(Set.of("GreaterOrEqual")).stream()
                    .filter(node -> made(node.input(0), "ReduceMax").isPresent())
                    .map(node -> graph.whole(node.input(1)))
                    .filter(most -> most.isPresent() && most.getAsLong() > 0)
                    .mapToInt(most -> Math.toIntExact(most.getAsLong()))
                    .findFirst();
        }

        private Optional<Node> made(String value, String operator) {
            return graph.maker(value).filter(node -> node.operator().equals(operator));
        }
    }
}
