package dev.headroom.task.image;

import javax.imageio.stream.ImageInputStreamImpl;

/**
 * A file followed by a few zeros, which decoders read ahead, and then by a failure. TwelveMonkeys' decoder takes the
 * end of the file for endless zeros, from which it would read gigabytes of tables.
 */
final class PaddedInput extends ImageInputStreamImpl {

    private static final int PADDING = 32;

    /** The bytes between two checks that the picture is still wanted. */
    private static final int ASKED = 1 << 12;

    private final byte[] file;
    private final DecodingEnd end;

    /** A stream of a file's bytes, which fails once the picture is no longer wanted. */
    PaddedInput(byte[] file, DecodingEnd end) {
        this.file = file;
        this.end = end;
    }

    @Override
    public int read() {
        bitOffset = 0;
        int at = (int) streamPos;
        if (at % ASKED == 0) {
            end.check();
        }
        if (at >= file.length + PADDING) {
            throw new BrokenImageException("ends before its last pixel; send it whole");
        }
        streamPos++;
        return at < file.length ? Byte.toUnsignedInt(file[at]) : 0;
    }

    @Override
    public int read(byte[] into, int offset, int length) {
        for (int i = 0; i < length; i++) {
            into[offset + i] = (byte) read();
        }
        return length;
    }

    /** Unknown, because TwelveMonkeys' decoder would refuse large pictures of one colour by it. */
    @Override
    public long length() {
        return -1;
    }
}
