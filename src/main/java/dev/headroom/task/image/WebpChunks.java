package dev.headroom.task.image;

import dev.headroom.task.image.EncodedImage.Coding;
import dev.headroom.task.image.EncodedImage.Size;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Reads a WebP's chunks. Keeps its picture, or an animation's first; drops transparency and profiles. */
final class WebpChunks {

    private static final int HEADER_BYTES = 12;
    private static final int CHUNK_HEADER_BYTES = 8;

    /** Bytes before the chunks of an animation's frame. */
    private static final int FRAME_HEADER_BYTES = 16;

    private static final int LOSSY = 0x20385056;
    private static final int LOSSLESS = 0x4C385056;
    private static final int EXTENDED = 0x58385056;
    private static final int FRAME = 0x464D4E41;
    private static final int EXIF = 0x46495845;
    private static final int LOSSY_START = 0x2A019D;
    private static final int EDGE_BITS = 14;
    private static final int EDGE = (1 << EDGE_BITS) - 1;

    /** Bytes of a pixel for the decoder's picture and its tables. */
    private static final int DECODED_BYTES = 8;

    /** The most groups of code tables. Google's encoder makes at most 2,600; the decoder takes about 6 kB for each. */
    private static final int MOST_GROUPS = 4_096;

    private final ByteBuffer file;
    private int orientation = 1;
    private ByteBuffer picture;
    private boolean inFrame;
    private boolean animated;
    private Size screen;
    private int left;
    private int top;

    /** A file that begins as a WebP does. */
    WebpChunks(ByteBuffer file) {
        this.file = file.order(ByteOrder.LITTLE_ENDIAN);
    }

    EncodedImage image() {
        int end = Math.min(file.capacity(), CHUNK_HEADER_BYTES + (file.getInt(4) & Integer.MAX_VALUE));
        read(HEADER_BYTES, end);
        if (picture == null) {
            throw new BrokenImageException("is a WebP without a picture; send it whole");
        }
        Size size = picture.getInt(0) == LOSSY ? lossySize() : losslessSize();
        return new EncodedImage(drawn(size), orientation, Coding.screen(DECODED_BYTES), this::alone);
    }

    /** An animation's screen, black around its frame; else the picture alone. */
    private Screen drawn(Size size) {
        if (screen == null || !animated) {
            return Screen.of(size);
        }
        if (left + size.width() > screen.width() || top + size.height() > screen.height()) {
            throw new BrokenImageException("is a broken WebP: its frame goes beyond its screen; send it whole");
        }
        return new Screen(screen, size, left, top, 0);
    }

    /** True if the picture of {@link EncodedImage#pixels} is lossy. */
    static boolean isLossy(byte[] webp) {
        return ByteBuffer.wrap(webp).order(ByteOrder.LITTLE_ENDIAN).getInt(HEADER_BYTES) == LOSSY;
    }

    /** The bytes of such a picture. */
    static PaddedInput pixels(byte[] webp, DecodingEnd end) throws IOException {
        PaddedInput stream = new PaddedInput(webp, end);
        stream.seek(HEADER_BYTES + CHUNK_HEADER_BYTES);
        return stream;
    }

    /**
     * Checks the memory that a decoder would take for its code tables.
     *
     * @throws BrokenImageException when it is more than for any encoder's file
     */
    static void checkTables(byte[] webp, Size size) {
        ByteBuffer file = ByteBuffer.wrap(webp).order(ByteOrder.LITTLE_ENDIAN);
        if (file.getInt(HEADER_BYTES) == LOSSLESS) {
            int groups = LosslessWebpTables.groups(file.position(HEADER_BYTES + CHUNK_HEADER_BYTES + 1), size);
            if (groups > MOST_GROUPS) {
                throw new BrokenImageException(
                        "is a WebP of %,d groups of code tables, and at most %,d are read; send it as PNG"
                                .formatted(groups, MOST_GROUPS));
            }
        }
    }

    private void read(int from, int end) {
        int at = from;
        while (at + CHUNK_HEADER_BYTES <= end) {
            int length = file.getInt(at + Integer.BYTES);
            if (length < 0) {
                throw new BrokenImageException("is a broken WebP; send it whole");
            }
            ByteBuffer chunk =
                    file.slice(at, Math.addExact(length, CHUNK_HEADER_BYTES)).order(ByteOrder.LITTLE_ENDIAN);
            switch (file.getInt(at)) {
                case LOSSY, LOSSLESS -> picture = picture == null ? chunk : picture;
                case EXTENDED -> screen = new Size(threeBytes(chunk, 12) + 1, threeBytes(chunk, 15) + 1);
                case FRAME -> readFrame(at + CHUNK_HEADER_BYTES, length);
                case EXIF -> orientation = ExifOrientation.of(chunk.position(CHUNK_HEADER_BYTES));
                default -> {}
            }
            at += CHUNK_HEADER_BYTES + length + (length & 1);
        }
    }

    /** Reads a frame, and ignores a frame within it. */
    private void readFrame(int at, int length) {
        if (picture == null && !inFrame) {
            inFrame = true;
            animated = true;
            left = 2 * threeBytes(file, at);
            top = 2 * threeBytes(file, at + 3);
            read(at + FRAME_HEADER_BYTES, at + length);
            inFrame = false;
        }
    }

    private static int threeBytes(ByteBuffer bytes, int at) {
        return Short.toUnsignedInt(bytes.getShort(at)) | (bytes.get(at + Short.BYTES) & 0xFF) << 16;
    }

    private Size lossySize() {
        if ((picture.get(8) & 1) != 0 || (picture.getInt(11) & 0xFFFFFF) != LOSSY_START) {
            throw new BrokenImageException("is a broken WebP; send it whole");
        }
        return new Size(picture.getShort(14) & EDGE, picture.getShort(16) & EDGE);
    }

    private Size losslessSize() {
        if (picture.get(8) != 0x2F) {
            throw new BrokenImageException("is a broken WebP; send it whole");
        }
        int edges = picture.getInt(9);
        return new Size((edges & EDGE) + 1, (edges >>> EDGE_BITS & EDGE) + 1);
    }

    /** A file with the picture's chunk alone. */
    private byte[] alone() {
        int length = picture.capacity() + (picture.capacity() & 1);
        byte[] webp = new byte[HEADER_BYTES + length];
        file.get(0, webp, 0, HEADER_BYTES);
        picture.get(0, webp, HEADER_BYTES, picture.capacity());
        ByteBuffer.wrap(webp).order(ByteOrder.LITTLE_ENDIAN).putInt(4, Integer.BYTES + length);
        return webp;
    }
}
