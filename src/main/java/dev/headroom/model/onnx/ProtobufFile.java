package dev.headroom.model.onnx;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;

/**
 * Reads protobuf messages from a file of any size and skips the fields that the caller leaves unread. Protobuf's own
 * parser counts bytes as an {@code int} and would hold the weights in memory.
 */
final class ProtobufFile {

    /** Added to a field's number in its tag: a number, or content of some length. */
    static final int NUMBER = WireFormat.WIRETYPE_VARINT;

    static final int CONTENT = WireFormat.WIRETYPE_LENGTH_DELIMITED;

    private static final int LONGEST_TEXT = 8192;
    private static final int MOST_SKIPPED = 1 << 30;

    private final FileChannel file;
    private CodedInputStream in;
    private long counted; // bytes before those that the stream counts

    /** A reader at the start of the file. */
    ProtobufFile(FileChannel file) throws IOException {
        this.file = file;
        seek(0);
    }

    /** Receives the fields of a message. */
    interface Fields {

        /**
         * Receives one field.
         *
         * @param tag the field's number times eight, and {@link #NUMBER} or {@link #CONTENT}
         * @param value the value of a number, or the position at which the content ends
         */
        void read(int tag, long value) throws IOException;
    }

    /** The bytes from the file's start to the next one that is read. */
    long position() {
        return counted + in.getTotalBytesRead();
    }

    /** The bytes of the file. */
    long size() throws IOException {
        return file.size();
    }

    /** Moves to a position. */
    void seek(long position) throws IOException {
        file.position(position);
        in = CodedInputStream.newInstance(Channels.newInputStream(file));
        counted = position;
    }

    /**
     * Reads the fields of the message that ends at a position.
     *
     * @throws InvalidProtocolBufferException when the bytes are no message
     */
    void fields(long end, Fields fields) throws IOException {
        while (position() < end) {
            int tag = in.readTag();
            switch (WireFormat.getTagWireType(tag)) {
                case NUMBER -> fields.read(tag, in.readRawVarint64());
                case WireFormat.WIRETYPE_FIXED32 -> skip(Integer.BYTES);
                case WireFormat.WIRETYPE_FIXED64 -> skip(Long.BYTES);
                case CONTENT -> content(tag, end, fields);
                default -> throw new InvalidProtocolBufferException("ONNX has no groups");
            }
        }
        if (position() > end) {
            throw new InvalidProtocolBufferException("A field ends outside of its message");
        }
    }

    private void content(int tag, long messageEnd, Fields fields) throws IOException {
        long length = in.readRawVarint64();
        if (length < 0 || length > messageEnd - position()) {
            throw new InvalidProtocolBufferException("A field ends outside of its message");
        }
        long end = position() + length;
        fields.read(tag, end);
        skip(end - position());
    }

    /** The product of a repeated number's values in one field, which may be packed. */
    long product(int tag, long value) throws IOException {
        if (tag % 8 == NUMBER) {
            return natural(value);
        }
        long product = 1;
        while (position() < value) {
            product = Math.multiplyExact(product, natural(in.readRawVarint64()));
        }
        return product;
    }

    /** How many values a repeated number has in one field, which may be packed. */
    int count(int tag, long value) throws IOException {
        if (tag % 8 == NUMBER) {
            return 1;
        }
        int count = 0;
        while (position() < value) {
            in.readRawVarint64();
            count++;
        }
        return count;
    }

    /** The byte at a position; reading goes on where it was. */
    byte at(long position) throws IOException {
        long before = file.position();
        ByteBuffer one = ByteBuffer.allocate(1);
        file.read(one, position);
        file.position(before);
        return one.get(0);
    }

    /** The number of a packed field up to a position; empty where it has several. */
    OptionalLong onlyNumber(long end) throws IOException {
        if (position() == end) {
            return OptionalLong.empty();
        }
        long number = in.readRawVarint64();
        return position() == end ? OptionalLong.of(number) : OptionalLong.empty();
    }

    /** The bytes up to a position; none where they are more than a number has. */
    byte[] shortBytes(long end) throws IOException {
        long length = end - position();
        return length > Long.BYTES ? new byte[0] : in.readRawBytes((int) length);
    }

    private static long natural(long number) throws InvalidProtocolBufferException {
        if (number < 0) {
            throw new InvalidProtocolBufferException("A dimension is negative");
        }
        return number;
    }

    /** The text up to a position. */
    String text(long end) throws IOException {
        long length = end - position();
        if (length > LONGEST_TEXT) {
            throw new InvalidProtocolBufferException("A name has %d bytes".formatted(length));
        }
        return new String(in.readRawBytes((int) length), StandardCharsets.UTF_8);
    }

    private void skip(long bytes) throws IOException {
        if (bytes > MOST_SKIPPED) {
            seek(position() + bytes);
            return;
        }
        in.skipRawBytes((int) bytes);
        counted = position();
        in.resetSizeCounter(); // it is an int
    }
}
