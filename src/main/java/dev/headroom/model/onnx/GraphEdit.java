package dev.headroom.model.onnx;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.util.List;
import java.util.stream.Stream;

/**
 * The change of a graph's file in memory, when it is opened. Protobuf merges what lies behind a message into it, so that nodes
 * can be appended.
 *
 * @param replacements the bytes that are replaced
 * @param appended the bytes behind the file
 */
public record GraphEdit(List<Replacement> replacements, byte[] appended) {

    /** A larger file with weights in it is opened as it is, because a change needs a copy of the file in memory. */
    private static final long LARGEST_BYTES = 512L << 20;

    /**
     * Bytes that take the place of as many.
     *
     * @param position the place of the first one in the file
     */
    public record Replacement(int position, byte[] bytes) {}

    /** Appends bytes. */
    public static GraphEdit behind(byte[] appended) {
        return new GraphEdit(List.of(), appended);
    }

    /** True if a file can be changed: it is small enough, and ONNX Runtime finds its weights from memory. */
    static boolean suits(OnnxFile file) {
        try {
            return Files.size(file.path()) <= LARGEST_BYTES && file.opensFromMemory();
        } catch (IOException e) {
            return false; // ONNX Runtime will report it
        }
    }

    /** Both changes. */
    GraphEdit and(GraphEdit other) {
        ByteBuffer both = ByteBuffer.allocate(appended.length + other.appended.length);
        return new GraphEdit(
                Stream.concat(replacements.stream(), other.replacements.stream())
                        .toList(),
                both.put(appended).put(other.appended).array());
    }

    /** Makes the change, in memory that begins with the file and has room for what is appended. */
    public void applyTo(ByteBuffer model, int fileBytes) {
        replacements.forEach(each -> model.put(each.position, each.bytes));
        model.put(fileBytes, appended);
    }
}
