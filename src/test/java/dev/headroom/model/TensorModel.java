package dev.headroom.model;

import static dev.headroom.model.OnnxWriter.fixed;
import static dev.headroom.model.OnnxWriter.join;
import static dev.headroom.model.OnnxWriter.message;
import static dev.headroom.model.OnnxWriter.model;
import static dev.headroom.model.OnnxWriter.number;
import static dev.headroom.model.OnnxWriter.open;
import static dev.headroom.model.OnnxWriter.port;
import static dev.headroom.model.OnnxWriter.text;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Writes a model with no file of ours that answers its tensors with themselves: {@code a} [batch, 3] comes out as
 * {@code same_a}, {@code b} [batch, any] as {@code same_b}, both of one type.
 */
public final class TensorModel {

    /** The numbers of onnx.proto. */
    public enum Type {
        FLOAT(1),
        UINT8(2),
        INT8(3),
        UINT16(4),
        INT16(5),
        INT32(6),
        INT64(7),
        STRING(8),
        BOOL(9),
        FLOAT16(10),
        DOUBLE(11),
        UINT32(12),
        UINT64(13),
        BFLOAT16(16);

        private final int number;

        Type(int number) {
            this.number = number;
        }
    }

    private static final int OPSET = 16;

    private TensorModel() {}

    /** Writes the model's folder, which is made. */
    public static void write(Path folder, Type type) throws IOException {
        Files.createDirectories(folder);
        byte[] graph = join(
                text(2, "same"),
                port(11, "a", type.number, open("batch"), fixed(3)),
                port(11, "b", type.number, open("batch"), open("any")),
                port(12, "same_a", type.number, open("batch"), fixed(3)),
                port(12, "same_b", type.number, open("batch"), open("any")),
                message(1, text(1, "a"), text(2, "same_a"), text(4, "Identity")),
                message(1, text(1, "b"), text(2, "same_b"), text(4, "Identity")));
        Files.write(folder.resolve("model.onnx"), join(model(graph), message(8, number(2, OPSET))));
    }
}
