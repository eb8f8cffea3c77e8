package dev.headroom.task.image;

import dev.headroom.task.image.EncodedImage.Coding;
import dev.headroom.task.image.EncodedImage.Size;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;

/** Reads a PNG's chunks. Keeps header, palette and pixels, and inflates none of the rest. */
final class PngChunks {

    private static final int SIGNATURE_BYTES = 8;
    private static final int HEADER = 0x49484452;
    private static final int PALETTE = 0x504C5445;
    private static final int PIXELS = 0x49444154;
    private static final int EXIF = 0x65584966;
    private static final int END = 0x49454E44;

    private final ByteBuffer file;
    private final KeptParts kept;
    private ByteBuffer header;
    private int orientation = 1;
    private boolean hasPixels;

    /** A file that begins as a PNG does. */
    PngChunks(ByteBuffer file) {
        this.file = file.position(SIGNATURE_BYTES);
        this.kept = new KeptParts(file.array());
        kept.keep(0, SIGNATURE_BYTES);
    }

    EncodedImage image() {
        while (chunk()) {}
        if (header == null || !hasPixels) {
            throw new BrokenImageException("is a PNG without pixels; send it whole");
        }
        Size size = new Size(header.getInt(0), header.getInt(4));
        return new EncodedImage(size, orientation, Coding.screen(decodedBytes()), kept::joined);
    }

    /** Reads a chunk; false at the end. */
    private boolean chunk() {
        int start = file.position();
        int length = file.getInt();
        int type = file.getInt();
        ByteBuffer content = file.slice(file.position(), length);
        if ((type == HEADER) != (header == null)) {
            throw new BrokenImageException("is a broken PNG: it does not begin with its one header; send it whole");
        }
        switch (type) {
            case HEADER, PALETTE, PIXELS, END -> keep(start, length);
            case EXIF -> orientation = ExifOrientation.of(content);
            default -> {}
        }
        if (type == HEADER) {
            header = content;
        }
        hasPixels |= type == PIXELS;
        file.position(file.position() + length + Integer.BYTES);
        return type != END;
    }

    private void keep(int start, int length) {
        CRC32 sum = new CRC32();
        sum.update(file.array(), start + Integer.BYTES, Integer.BYTES + length);
        if ((int) sum.getValue() != file.getInt(start + 2 * Integer.BYTES + length)) {
            throw new BrokenImageException("is a broken PNG: a checksum is wrong; send it whole");
        }
        kept.keep(start, 3 * Integer.BYTES + length);
    }

    /** Bytes of a pixel in the JDK's reader. */
    private int decodedBytes() {
        int sample = header.get(8) > Byte.SIZE ? Short.BYTES : Byte.BYTES;
        return switch (header.get(9)) {
            case 2 -> 3 * sample;
            case 4 -> 2 * sample;
            case 6 -> 4 * sample;
            default -> sample;
        };
    }
}
