package dev.headroom.model.onnx;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.headroom.model.onnx.GraphEdit.Replacement;
import dev.headroom.model.onnx.OnnxGraph.Use;
import dev.headroom.model.onnx.OnnxNodes.Attribute;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How a graph that continues keys and values comes to score each row's last token alone, which is all that is read. A step has one
 * token of each row, and a prompt is one row, so that it is the last one of the second dimension.
 *
 * @param output the output with the scores
 * @param ofAllTokens true if the device computes the scores of all tokens for it
 * @param edit the change of the graph; empty where it stays as its file is
 */
public record LastScores(String output, boolean ofAllTokens, Optional<GraphEdit> edit) {

    private static final String PREFIX = "headroom.";
    private static final String OUTPUT = PREFIX + "logits";

    /** The first version of ONNX's operators whose Gather counts from the end. */
    private static final long LEAST_OPSET = 11;

    /**
     * The scores of the graph in this file.
     *
     * @param gpu true if the scores lie on a device from which they have to come
     */
    public static LastScores of(Path path, DecoderGraph graph, boolean gpu) {
        LastScores unchanged =
                new LastScores(graph.logits(), graph.inputs().keep().isEmpty(), Optional.empty());
        LastScores last = unchanged.ofAllTokens ? edited(path, graph, gpu).orElse(unchanged) : unchanged;
        return graph.attention()
                .edit()
                .map(before -> last.edit.map(before::and).orElse(before))
                .map(both -> new LastScores(last.output, last.ofAllTokens, Optional.of(both)))
                .orElse(last);
    }

    private static Optional<LastScores> edited(Path path, DecoderGraph graph, boolean gpu) {
        OnnxFile file = OnnxFile.read(path);
        Optional<GraphPort> scores = file.outputs().stream()
                .filter(port -> port.name().equals(graph.logits()))
                .filter(LastScores::isOpen)
                .findFirst();
        if (scores.isEmpty() || !opens(file)) {
            return Optional.empty();
        }
        Optional<GraphEdit> before = beforeHead(path, graph.logits());
        if (before.isPresent()) {
            return Optional.of(new LastScores(graph.logits(), false, before));
        }
        return gpu
                ? Optional.of(new LastScores(OUTPUT, true, Optional.of(behindScores(scores.get()))))
                : Optional.empty();
    }

    /** True for {@code [rows, tokens, vocabulary]} of any number of tokens. */
    private static boolean isOpen(GraphPort scores) {
        return scores.sizes().size() == 3 && scores.sizes().get(1) <= 1;
    }

    private static boolean opens(OnnxFile file) {
        return file.opset() >= LEAST_OPSET
                && GraphEdit.suits(file)
                && Stream.concat(file.inputs().stream(), file.outputs().stream())
                        .noneMatch(port -> port.name().startsWith(PREFIX));
    }

    /**
     * The head reads the last token's state. Its input gets another name of as many bytes, which the appended node makes, so that
     * whatever else reads the states goes on reading all of them.
     */
    private static Optional<GraphEdit> beforeHead(Path path, String logits) {
        try {
            OnnxGraph graph = OnnxGraph.read(path);
            return new LanguageHead(graph).states(logits).flatMap(use -> edit(graph, use));
        } catch (InvalidProtocolBufferException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw OnnxFile.unreadable(path, e);
        }
    }

    private static Optional<GraphEdit> edit(OnnxGraph graph, Use use) {
        return Stream.of("#", "%", "~", "^", "@")
                .map(first -> first + use.value().substring(1))
                .filter(name -> use.value().charAt(0) < 128 && !graph.knows(name))
                .findFirst()
                .map(name -> {
                    OnnxNodes nodes = new OnnxNodes(PREFIX);
                    last(nodes, use.value(), name);
                    Replacement renamed =
                            new Replacement(Math.toIntExact(use.position()), name.getBytes(StandardCharsets.UTF_8));
                    return new GraphEdit(List.of(renamed), nodes.bytes());
                });
    }

    private static GraphEdit behindScores(GraphPort scores) {
        OnnxNodes nodes = new OnnxNodes(PREFIX);
        last(nodes, scores.name(), OUTPUT);
        nodes.output(OUTPUT);
        return GraphEdit.behind(nodes.bytes());
    }

    private static void last(OnnxNodes nodes, String of, String name) {
        nodes.name(name, "Gather", List.of(new Attribute("axis", 1)), of, nodes.ints(-1));
    }
}
