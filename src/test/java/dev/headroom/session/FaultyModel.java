package dev.headroom.session;

import static dev.headroom.session.OnnxWriter.FLOAT;
import static dev.headroom.session.OnnxWriter.INT64;
import static dev.headroom.session.OnnxWriter.fixed;
import static dev.headroom.session.OnnxWriter.initializer;
import static dev.headroom.session.OnnxWriter.join;
import static dev.headroom.session.OnnxWriter.message;
import static dev.headroom.session.OnnxWriter.model;
import static dev.headroom.session.OnnxWriter.number;
import static dev.headroom.session.OnnxWriter.open;
import static dev.headroom.session.OnnxWriter.port;
import static dev.headroom.session.OnnxWriter.tensor;
import static dev.headroom.session.OnnxWriter.text;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Writes a model that ONNX Runtime runs, but on texts with certain words it fails, and says of each word what one
 * likes: without a GPU, that the GPU is lost.
 *
 * <p>The graph is a chain of Gather nodes, one for each such word. Each looks its indices up in a table, and fails on
 * one that is outside of it. ONNX Runtime's message quotes the node's name, so the name is the failure's text. Every
 * table has a row less than the one before it, and each word's id is the first that its own node's table lacks.
 */
public final class FaultyModel {

    /** Words that no node fails on; any other word is the second. The first pads. */
    private static final List<String> HARMLESS = List.of("[PAD]", "[UNK]", "warm", "good", "word", "river");

    /** Elements of a vector. */
    public static final int DIMENSIONS = 4;

    private static final int OPSET = 13;

    private FaultyModel() {}

    /**
     * Writes the model's folder.
     *
     * @param folder the folder, which is made
     * @param failures for each word on which a run is to fail, the text that ONNX Runtime's message is to hold. Where a
     *     batch has several such words, the message is that of any of them.
     */
    public static void write(Path folder, Map<String, String> failures) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("model.yaml"), "task: embed\nmax_length: 16\n");
        Files.writeString(folder.resolve("tokenizer.json"), tokenizer(List.copyOf(failures.keySet())));
        Files.write(folder.resolve("model.onnx"), graph(List.copyOf(failures.values())));
    }

    /** How many rows the table of a node has, which is also the id of its word. */
    private static int rows(int node, int nodes) {
        return HARMLESS.size() + nodes - 1 - node;
    }

    private static String tokenizer(List<String> words) throws IOException {
        Map<String, Integer> vocabulary = new LinkedHashMap<>();
        HARMLESS.forEach(word -> vocabulary.put(word, vocabulary.size()));
        IntStream.range(0, words.size()).forEach(i -> vocabulary.put(words.get(i), rows(i, words.size())));
        return new ObjectMapper()
                .writeValueAsString(Map.of(
                        "version", "1.0",
                        "added_tokens", List.of(),
                        "pre_tokenizer", Map.of("type", "WhitespaceSplit"),
                        "model", Map.of("type", "WordLevel", "unk_token", "[UNK]", "vocab", vocabulary)));
    }

    private static byte[] graph(List<String> names) {
        byte[] graph = join(
                text(2, "faulty"),
                port(11, "input_ids", INT64, open("batch"), open("sequence")),
                port(12, "vectors", FLOAT, open("batch"), open("sequence"), fixed(DIMENSIONS)));
        String indices = "input_ids";
        for (int i = 0; i < names.size(); i++) {
            boolean last = i == names.size() - 1;
            int rows = rows(i, names.size());
            String output = last ? "vectors" : "indices" + i;
            graph = join(
                    graph,
                    initializer(text(8, "table" + i), last ? vectors(rows) : sameIndices(rows)),
                    gather(names.get(i), "table" + i, indices, output));
            indices = output;
        }
        return join(model(graph), message(8, number(2, OPSET)));
    }

    private static byte[] gather(String name, String table, String indices, String output) {
        return message(1, text(1, table), text(1, indices), text(2, output), text(3, name), text(4, "Gather"));
    }

    /** A table that gives each index back as it is. */
    private static byte[] sameIndices(int rows) {
        ByteBuffer table = ByteBuffer.allocate(rows * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        IntStream.range(0, rows).forEach(table::putLong);
        return join(tensor(INT64, rows), message(9, table.array()));
    }

    /** A table of vectors, each another one. */
    private static byte[] vectors(int rows) {
        ByteBuffer table = ByteBuffer.allocate(rows * DIMENSIONS * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        IntStream.range(0, rows * DIMENSIONS).forEach(table::putFloat);
        return join(tensor(FLOAT, rows, DIMENSIONS), message(9, table.array()));
    }
}
