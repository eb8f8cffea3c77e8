package dev.headroom.model.onnx;

import java.nio.ByteBuffer;

/**
 * The change of a graph's file in memory, when it is opened. Protobuf merges what lies behind a message into it, so that nodes
 * can be appended.
 *
 * @param position the place of bytes that are replaced by as many
 * @param replacement those bytes; none where nothing is replaced
 * @param appended the bytes behind the file
 */
public record GraphEdit(int position, byte[] replacement, byte[] appended) {

    /** Appends bytes. */
    public static GraphEdit behind(byte[] appended) {
        return new GraphEdit(0, new byte[0], appended);
    }

    /** Makes the change, in memory that begins with the file and has room for what is appended. */
    public void applyTo(ByteBuffer model, int fileBytes) {
        model.put(position, replacement).put(fileBytes, appended);
    }
}
