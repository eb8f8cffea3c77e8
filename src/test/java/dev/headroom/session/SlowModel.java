package dev.headroom.session;

import static dev.headroom.session.OnnxWriter.FLOAT;
import static dev.headroom.session.OnnxWriter.INT64;
import static dev.headroom.session.OnnxWriter.fixed;
import static dev.headroom.session.OnnxWriter.initializer;
import static dev.headroom.session.OnnxWriter.join;
import static dev.headroom.session.OnnxWriter.message;
import static dev.headroom.session.OnnxWriter.model;
import static dev.headroom.session.OnnxWriter.open;
import static dev.headroom.session.OnnxWriter.port;
import static dev.headroom.session.OnnxWriter.tensor;
import static dev.headroom.session.OnnxWriter.text;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Writes a model that takes as long as one likes, and cannot be interrupted: {@code x} [batch, n] comes out as {@code y} of
 * the same shape after hundreds of products of matrices of n x n. Of {@link #ENDLESS} a run takes minutes on any CPU.
 */
public final class SlowModel {

    /** So many values in a row. */
    public static final int ENDLESS = 2048;

    private static final int PRODUCTS = 500;
    private static final int OPSET = 13;
    private static final int NUMBER_ATTRIBUTE = 2;

    private SlowModel() {}

    /** Writes a model's folder whose rows may have any length: with rows of one value it is warm at once. */
    public static void write(Path folder) throws IOException {
        write(folder, open("n"));
    }

    /** Writes a model's folder whose rows are all {@link #ENDLESS}: it is not warm for minutes. */
    public static void writeEndless(Path folder) throws IOException {
        write(folder, fixed(ENDLESS));
    }

    private static void write(Path folder, byte[] length) throws IOException {
        Files.createDirectories(folder);
        byte[] graph = join(
                text(2, "slow"),
                port(11, "x", FLOAT, open("batch"), length),
                port(12, "y", FLOAT, open("batch"), length),
                number("one", 1),
                number("two", 2),
                node("Unsqueeze", "column", "x", "two"),
                node("Unsqueeze", "row", "x", "one"),
                node("MatMul", "product0", "column", "row"));
        for (int i = 1; i <= PRODUCTS; i++) {
            graph = join(graph, node("MatMul", "product" + i, "product" + (i - 1), "product0"));
        }
        byte[] dropped =
                message(5, text(1, "keepdims"), OnnxWriter.number(3, 0), OnnxWriter.number(20, NUMBER_ATTRIBUTE));
        graph = join(graph, node("ReduceSum", "y", "product" + PRODUCTS, "two", dropped));
        Files.write(folder.resolve("model.onnx"), join(model(graph), message(8, OnnxWriter.number(2, OPSET))));
    }

    private static byte[] number(String name, long value) {
        ByteBuffer bytes =
                ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(value);
        return initializer(text(8, name), tensor(INT64, 1), message(9, bytes.array()));
    }

    private static byte[] node(String operator, String output, String input, String other, byte[]... attributes) {
        return message(1, text(1, input), text(1, other), text(2, output), text(4, operator), join(attributes));
    }
}
