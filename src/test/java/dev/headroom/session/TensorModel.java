package dev.headroom.session;

import static dev.headroom.session.OnnxWriter.fixed;
import static dev.headroom.session.OnnxWriter.join;
import static dev.headroom.session.OnnxWriter.message;
import static dev.headroom.session.OnnxWriter.model;
import static dev.headroom.session.OnnxWriter.number;
import static dev.headroom.session.OnnxWriter.open;
import static dev.headroom.session.OnnxWriter.port;
import static dev.headroom.session.OnnxWriter.text;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Writes a model with no file of ours that answers its tensors with themselves: {@code a} [batch, 3] comes out as
 * {@code same_a}, {@code b} [batch, any] as {@code same_b}, both of one type. An output {@code scale} has no share for each row.
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
    private static final int NUMBER_ATTRIBUTE = 2;

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
                port(12, "scale", Type.FLOAT.number, fixed(1)),
                message(5, number(1, 1), number(2, Type.FLOAT.number), text(8, "one"), message(9, new byte[] {
                    0, 0, (byte) 0x80, 0x3F
                })),
                message(1, text(1, "one"), text(2, "scale"), text(4, "Identity")),
                message(1, text(1, "a"), text(2, "same_a"), text(4, "Identity")),
                message(1, text(1, "b"), text(2, "same_b"), text(4, "Identity")));
        Files.write(folder.resolve("model.onnx"), join(model(graph), message(8, number(2, OPSET))));
    }

    /** Writes a model that casts {@code a} [batch, 3] of INT64 to {@code uint16}, {@code uint32} and {@code uint64}. */
    public static void writeUnsigned(Path folder) throws IOException {
        Files.createDirectories(folder);
        byte[] graph = join(text(2, "unsigned"), port(11, "a", Type.INT64.number, open("batch"), fixed(3)));
        for (Type type : List.of(Type.UINT16, Type.UINT32, Type.UINT64)) {
            String name = type.name().toLowerCase(Locale.ROOT);
            graph = join(
                    graph,
                    port(12, name, type.number, open("batch"), fixed(3)),
                    message(1, text(1, "a"), text(2, name), text(4, "Cast"), to(type)));
        }
        Files.write(folder.resolve("model.onnx"), join(model(graph), message(8, number(2, OPSET))));
    }

    private static byte[] to(Type type) {
        return message(5, text(1, "to"), number(3, type.number), number(20, NUMBER_ATTRIBUTE));
    }
}
