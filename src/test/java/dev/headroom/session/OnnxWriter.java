package dev.headroom.session;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Writes ONNX graphs as the protobuf messages that they are, by the numbers of their fields. */
public final class OnnxWriter {

    public static final int FLOAT = 1;
    public static final int INT64 = 7;
    public static final int FLOAT16 = 10;
    public static final int BFLOAT16 = 16;

    private OnnxWriter() {}

    public static byte[] join(byte[]... parts) {
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            joined.writeBytes(part);
        }
        return joined.toByteArray();
    }

    public static byte[] varint(long value) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        long rest = value;
        while (rest >>> 7 != 0) {
            bytes.write((int) (rest & 0x7F | 0x80));
            rest >>>= 7;
        }
        bytes.write((int) rest);
        return bytes.toByteArray();
    }

    public static byte[] number(int field, long value) {
        return join(varint(field << 3), varint(value));
    }

    public static byte[] message(int field, byte[]... parts) {
        byte[] content = join(parts);
        return join(varint(field << 3 | 2), varint(content.length), content);
    }

    public static byte[] text(int field, String text) {
        return message(field, text.getBytes(StandardCharsets.UTF_8));
    }

    public static byte[] model(byte[]... graph) {
        return join(number(1, 8), message(7, graph));
    }

    /** An input (field 11 of a graph) or output (12) of dimensions by {@link #open} and {@link #fixed}. */
    public static byte[] port(int field, String name, int type, byte[]... dimensions) {
        byte[] shape = {};
        for (byte[] dimension : dimensions) {
            shape = join(shape, message(1, dimension));
        }
        return message(field, text(1, name), message(2, message(1, number(1, type), message(2, shape))));
    }

    public static byte[] open(String name) {
        return text(2, name);
    }

    public static byte[] fixed(long size) {
        return number(1, size);
    }

    public static byte[] initializer(byte[]... tensor) {
        return message(5, tensor);
    }

    public static byte[] tensor(int dataType, long... dims) {
        byte[] bytes = {};
        for (long dim : dims) {
            bytes = join(bytes, number(1, dim));
        }
        return join(bytes, number(2, dataType));
    }
}
