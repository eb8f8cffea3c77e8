package dev.headroom.task.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The one field of EXIF that changes what an image shows. */
final class ExifOrientation {

    private static final int TAG = 0x0112;
    private static final int SHORT = 3;
    private static final int ENTRY_BYTES = 12;
    private static final byte[] PREFIX = {'E', 'x', 'i', 'f', 0, 0};

    private ExifOrientation() {}

    /** Whether bytes of a JPEG's segment are EXIF. */
    static boolean isExif(ByteBuffer bytes) {
        return bytes.remaining() >= PREFIX.length
                && bytes.slice(bytes.position(), PREFIX.length).equals(ByteBuffer.wrap(PREFIX));
    }

    /** 1 to 8; 1 where EXIF does not say, or is broken: that alone loses no picture. */
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
