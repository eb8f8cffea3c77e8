package dev.headroom.half;

import static dev.headroom.model.onnx.ProtobufFields.content;
import static dev.headroom.model.onnx.ProtobufFields.messages;
import static dev.headroom.model.onnx.ProtobufFields.number;
import static dev.headroom.model.onnx.ProtobufFields.text;
import static dev.headroom.model.onnx.ProtobufFields.texts;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Writes weights into a file beside a graph, which is mapped when the graph is opened. */
final class WeightFile implements AutoCloseable {

    /** Smaller tensors stay in the graph's file, because ONNX Runtime reads them when it optimises. */
    private static final long LEAST_BYTES = 1024;

    /** The place at which a tensor begins: at a page, unless it is small. */
    private static final int PAGE = 4096;

    private static final int LINE = 64;
    private static final int LARGE = 1 << 16;

    private static final int BLOCK = 1 << 20;

    private static final int TYPE = 2;
    private static final int NAME = 8;
    private static final int RAW = 9;
    private static final int EXTERNAL = 13;
    private static final int LOCATION = 14;

    private final Path path;
    private final OutputStream out;
    private long written;

    WeightFile(Path path) throws IOException {
        this.path = path;
        this.out = Files.newOutputStream(path);
    }

    /**
     * Writes a weight, and returns the TensorProto that refers to it.
     *
     * @param half true to write a weight of floats in half precision
     * @param name its name in the graph
     */
    UnknownFieldSet write(Weight weight, boolean half, String name) throws IOException {
        UnknownFieldSet.Builder tensor =
                UnknownFieldSet.newBuilder(weight.message()).addField(NAME, texts(List.of(name)));
        if (half) {
            tensor.addField(TYPE, number(weight.half().number()));
        }
        if (weight.content().byteSize() == 0) {
            return tensor.build(); // no elements, or no floats and in a field of their own
        }
        tensor.clearField(4).clearField(RAW).clearField(EXTERNAL).clearField(LOCATION);
        long bytes = weight.bytes(half);
        return (bytes < LEAST_BYTES ? inside(tensor, weight, half) : outside(tensor, weight, half)).build();
    }

    private static UnknownFieldSet.Builder inside(UnknownFieldSet.Builder tensor, Weight weight, boolean half) {
        byte[] bytes = new byte[(int) weight.bytes(half)];
        weight.read(half, 0, bytes);
        return tensor.addField(RAW, content(ByteString.copyFrom(bytes)));
    }

    private UnknownFieldSet.Builder outside(UnknownFieldSet.Builder tensor, Weight weight, boolean half)
            throws IOException {
        long bytes = weight.bytes(half);
        int gap = (int) (-written & (bytes < LARGE ? LINE : PAGE) - 1);
        out.write(new byte[gap]);
        written += gap;
        tensor.addField(
                        EXTERNAL,
                        messages(List.of(
                                entry("location", path.getFileName().toString()),
                                entry("offset", Long.toString(written)),
                                entry("length", Long.toString(bytes)))))
                .addField(LOCATION, number(1));
        for (long from = 0; from < bytes; from += BLOCK) {
            byte[] block = new byte[(int) Math.min(BLOCK, bytes - from)];
            weight.read(half, from, block);
            out.write(block);
        }
        written += bytes;
        return tensor;
    }

    private static UnknownFieldSet entry(String key, String value) {
        return text(1, key).addField(2, texts(List.of(value))).build();
    }

    /** Closes the file; one that holds nothing is deleted. */
    @Override
    public void close() throws IOException {
        out.close();
        if (written == 0) {
            Files.delete(path);
        }
    }
}
