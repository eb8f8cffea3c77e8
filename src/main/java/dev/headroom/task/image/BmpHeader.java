package dev.headroom.task.image;

import dev.headroom.task.image.EncodedImage.Coding;
import dev.headroom.task.image.EncodedImage.Size;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Reads a BMP's header. */
final class BmpHeader {

    private static final int FILE_HEADER_BYTES = 14;
    private static final int OLD_HEADER_BYTES = 12;
    private static final int HEADER_BYTES = 40;

    /** The size from which on headers name a colour space, which may be a profile within the file. */
    private static final int HEADER_BYTES_WITH_COLOURS = 108;

    private static final int COLOURS_AT = 56;
    private static final int SRGB = 0x73524742;
    private static final int BIT_FIELDS = 3;
    private static final int DECODED_BYTES = 4;

    private BmpHeader() {}

    static EncodedImage image(ByteBuffer file) {
        file.order(ByteOrder.LITTLE_ENDIAN);
        int headerBytes = file.getInt(FILE_HEADER_BYTES);
        ByteBuffer header = file.slice(FILE_HEADER_BYTES, Math.max(headerBytes, OLD_HEADER_BYTES))
                .order(ByteOrder.LITTLE_ENDIAN);
        Size size;
        if (headerBytes == OLD_HEADER_BYTES) {
            size = new Size(Short.toUnsignedInt(header.getShort(4)), Short.toUnsignedInt(header.getShort(6)));
            checkLength(file, size, header.getShort(10));
        } else {
            size = new Size(header.getInt(4), Math.abs(header.getInt(8)));
            check(file, size, header);
        }
        return new EncodedImage(size, 1, Coding.screen(DECODED_BYTES), () -> withoutProfile(file, headerBytes));
    }

    private static void check(ByteBuffer file, Size size, ByteBuffer header) {
        int compression = header.getInt(16);
        if (header.capacity() < HEADER_BYTES || compression < 0 || compression > BIT_FIELDS) {
            throw new BrokenImageException("is a BMP of a kind that is not read; send it as PNG");
        }
        if (compression == 0 || compression == BIT_FIELDS) {
            checkLength(file, size, header.getShort(14));
        }
    }

    /** A row's bytes are a multiple of four. */
    private static void checkLength(ByteBuffer file, Size size, int bitsPerPixel) {
        long row = ((long) size.width() * bitsPerPixel + 31) / 32 * 4;
        if (file.getInt(10) < 0 || bitsPerPixel < 1 || file.getInt(10) + row * size.height() > file.capacity()) {
            throw new BrokenImageException("is a broken or cut off BMP; send it whole");
        }
    }

    private static byte[] withoutProfile(ByteBuffer file, int headerBytes) {
        byte[] bmp = file.array();
        if (headerBytes < HEADER_BYTES_WITH_COLOURS) {
            return bmp;
        }
        byte[] plain = bmp.clone();
        ByteBuffer.wrap(plain).order(ByteOrder.LITTLE_ENDIAN).putInt(FILE_HEADER_BYTES + COLOURS_AT, SRGB);
        return plain;
    }
}
