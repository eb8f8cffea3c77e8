package dev.headroom.task.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Reads the orientation from EXIF, its one field that changes what an image shows. */
final class ExifOrientation {

    private static final int TAG = 0x0112;
    private static final int SHORT = 3;
    private static final int ENTRY_BYTES = 12;
    private static final byte[] PREFIX = {'E', 'x', 'i', 'f', 0, 0};

    private ExifOrientation() {}

    /** True if a JPEG's segment is EXIF. */
    static boolean isExif(ByteBuffer bytes) {
        return bytes.remaining() >= PREFIX.length
                && bytes.slice(bytes.position(), PREFIX.length).equals(ByteBuffer.wrap(PREFIX));
    }

    /** The orientation from 1 to 8; 1 if EXIF has none, or is broken, which does not spoil the picture. */
    static int of(ByteBuffer exif) {
        try {
            int start = exif.position() + (isExif(exif) ? PREFIX.length : 0);
            return ofTiff(exif.slice(start, exif.limit() - start));
        } catch (IndexOutOfBoundsException e) {
            return 1;
        }
    }

    private static int ofTiff(ByteBuffer tiff) {
        tiff.order(tiff.getShort(0) == 0x4949 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        int directory = tiff.getInt(4);
        int entries = Short.toUnsignedInt(tiff.getShort(directory));
        for (int i = 0; i < entries; i++) {
            int entry = directory + Short.BYTES + i * ENTRY_BYTES;
            if (Short.toUnsignedInt(tiff.getShort(entry)) == TAG) {
                int value = tiff.getShort(entry + 2) == SHORT ? tiff.getShort(entry + 8) : tiff.getInt(entry + 8);
                return value >= 1 && value <= 8 ? value : 1;
            }
        }
        return 1;
    }
}
