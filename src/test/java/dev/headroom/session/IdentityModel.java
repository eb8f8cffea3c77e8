package dev.headroom.session;

import static dev.headroom.session.OnnxWriter.FLOAT;
import static dev.headroom.session.OnnxWriter.INT64;
import static dev.headroom.session.OnnxWriter.initializer;
import static dev.headroom.session.OnnxWriter.join;
import static dev.headroom.session.OnnxWriter.message;
import static dev.headroom.session.OnnxWriter.model;
import static dev.headroom.session.OnnxWriter.number;
import static dev.headroom.session.OnnxWriter.port;
import static dev.headroom.session.OnnxWriter.tensor;
import static dev.headroom.session.OnnxWriter.text;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes a model that answers each token with its id: what is left is what the service itself costs. */
public final class IdentityModel {

    /** Elements of a vector. */
    public static final int DIMENSIONS = 1;

    private static final String YAML = "model.yaml";
    private static final String TOKENIZER = "tokenizer.json";
    private static final String GRAPH = "model.onnx";

    private static final String WORDS = """
            {"version": "1.0", "added_tokens": [], "pre_tokenizer": {"type": "WhitespaceSplit"},
             "model": {"type": "WordLevel", "unk_token": "[UNK]", "vocab": {"[PAD]": 0, "[UNK]": 1, "river": 2}}}
            """;

    private static final int OPSET = 13;
    private static final int NUMBER_ATTRIBUTE = 2;

    private IdentityModel() {}

    /** Writes the model's folder, which is made. Of a vocabulary of two words "river" is the second. */
    public static void write(Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve(YAML), "task: embed\nmax_length: 64\n");
        Files.writeString(folder.resolve(TOKENIZER), WORDS);
        Files.write(folder.resolve(GRAPH), graph());
    }

    /** Deletes what was written. */
    public static void delete(Path folder) throws IOException {
        for (String file : new String[] {YAML, TOKENIZER, GRAPH}) {
            Files.deleteIfExists(folder.resolve(file));
        }
        Files.deleteIfExists(folder);
    }

    private static byte[] graph() {
        byte[] toFloat = message(5, text(1, "to"), number(3, FLOAT), number(20, NUMBER_ATTRIBUTE));
        byte[] last = ByteBuffer.allocate(Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(2)
                .array();
        byte[] graph = join(
                text(2, "identity"),
                port(11, "input_ids", INT64, text(2, "batch"), text(2, "sequence")),
                port(12, "vectors", FLOAT, text(2, "batch"), text(2, "sequence"), number(1, DIMENSIONS)),
                initializer(text(8, "axes"), tensor(INT64, 1), message(9, last)),
                message(1, text(1, "input_ids"), text(2, "floats"), text(4, "Cast"), toFloat),
                message(1, text(1, "floats"), text(1, "axes"), text(2, "vectors"), text(4, "Unsqueeze")));
        return join(model(graph), message(8, number(2, OPSET)));
    }
}
