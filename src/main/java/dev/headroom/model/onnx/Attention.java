package dev.headroom.model.onnx;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.headroom.model.file.BrokenModelException;
import dev.headroom.model.onnx.GraphEdit.Replacement;
import dev.headroom.model.onnx.OnnxGraph.Whole;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What the attention of a graph that continues keys and values asks of whoever runs it.
 *
 * @param shared true if the graph writes new keys and values into the memory of the old ones (GroupQueryAttention); else it
 *     returns both one behind the other
 * @param factors its rotary factors
 * @param windowed nodes that would keep the keys and values of a window alone, in memory of another length than other layers'
 */
public record Attention(boolean shared, RotaryFactors factors, List<Replacement> windowed) {

    private static final String GROUPED = "GroupQueryAttention";

    /** The attribute of GroupQueryAttention with which onnxruntime-genai's builder marks layers of a sliding window. */
    private static final String WINDOW = "sliding_window_cache";

    /** The tag of a field of some length, whose number NodeProto does not have. */
    private static final byte UNKNOWN_FIELD = 15 << 3 | 2;

    /**
     * Reads the nodes of a graph.
     *
     * @param mask the input that is the mask
     * @param positions the input with the places of tokens
     * @throws BrokenModelException when the file cannot be read, chooses its rotary factors in a way that is not known, or keeps
     *     windows and cannot be changed in memory
     */
    public static Attention read(OnnxFile file, Optional<String> mask, Optional<String> positions) {
        boolean shared = file.operators().contains(GROUPED);
        if (!shared && !file.operators().contains("RotaryEmbedding")) {
            return new Attention(false, RotaryFactors.ALIKE, List.of());
        }
        try {
            OnnxGraph graph = OnnxGraph.read(file.path());
            List<Whole> windows = windows(graph);
            if (!windows.isEmpty() && !GraphEdit.suits(file)) {
                throw broken(
                        file.path(),
                        "keeps a window of keys and values in some layers (sliding_window_cache), which cannot be"
                                + " changed in a file of more than 512 MiB or whose weights lie behind links out of its"
                                + " folder; put graph and weights into one folder, with the weights in a file of their own, or"
                                + " download it anew with HF_HUB_DISABLE_SYMLINKS=1");
            }
            return new Attention(shared, RotaryFactors.of(graph, mask, positions), replaced(windows));
        } catch (InvalidProtocolBufferException e) {
            throw broken(file.path(), "has nodes that cannot be read (%s); export it again".formatted(e.getMessage()));
        } catch (IOException e) {
            throw OnnxFile.unreadable(file.path(), e);
        } catch (RotaryFactors.UnknownChoice e) {
            throw broken(file.path(), e.getMessage());
        }
    }

    private static BrokenModelException broken(Path path, String problem) {
        return new BrokenModelException(
                "%s: the file %s %s.".formatted(path.resolveSibling(""), path.getFileName(), problem));
    }

    private static List<Whole> windows(OnnxGraph graph) {
        return graph.nodes(Set.of("com.microsoft." + GROUPED)).stream()
                .map(node -> node.wholes().get(WINDOW))
                .filter(window -> window != null && window.value() == 1)
                .toList();
    }

    /**
     * Layers that slide see no more than their window anyway. So all of them keep all keys and values, as the others do: the attribute
     * becomes a field that ONNX does not have, which every version of ONNX Runtime skips.
     */
    private static List<Replacement> replaced(List<Whole> windows) {
        return windows.stream()
                .map(window -> new Replacement(Math.toIntExact(window.position()), new byte[] {UNKNOWN_FIELD}))
                .toList();
    }

    /** The change of the graph that has all layers keep all keys and values; empty where they do. */
    Optional<GraphEdit> edit() {
        return windowed.isEmpty() ? Optional.empty() : Optional.of(new GraphEdit(windowed, new byte[0]));
    }
}
