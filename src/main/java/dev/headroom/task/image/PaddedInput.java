package dev.headroom.task.image;

import javax.imageio.stream.ImageInputStreamImpl;

/**
 * A file that goes on for a few zeros, which decoders read ahead, and then fails for good: TwelveMonkeys' takes an end of
 * file for zeros without end, and has gigabytes of tables read from them.
 */
final class PaddedInput extends ImageInputStreamImpl {

    private static final int PADDING = 32;

    /** How many bytes are read before it is asked again whether somebody waits. */
    private static final int ASKED = 1 << 12;

    private final byte[] file;
    private final DecodingEnd end;

    /** A stream of a file's bytes, which fails once nobody waits for the picture. */
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

    /** Unknown: TwelveMonkeys' refuses by it large pictures of one colour, which are let through up to a size. */
    @Override
    public long length() {
        return -1;
    }
}
