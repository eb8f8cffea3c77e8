package dev.headroom.task.image;

import dev.headroom.task.image.EncodedImage.Coding;
import dev.headroom.task.image.EncodedImage.Size;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Reads a GIF's blocks up to its first frame, which is the picture; the screen around it is dropped. */
final class GifBlocks {

    private static final int HEADER_BYTES = 13;
    private static final int WIDTH_AT = 6;
    private static final int FRAME = 0x2C;
    private static final int EXTENSION = 0x21;
    private static final int TRAILER = 0x3B;
    private static final int FRAME_BYTES = 9;

    private GifBlocks() {}

    static EncodedImage image(ByteBuffer file) {
        file.order(ByteOrder.LITTLE_ENDIAN);
        int palette = HEADER_BYTES + paletteBytes(file.get(10));
        file.position(palette);
        toFrame(file);
        int frame = file.position();
        Size size =
                new Size(Short.toUnsignedInt(file.getShort(frame + 4)), Short.toUnsignedInt(file.getShort(frame + 6)));
        file.position(frame + FRAME_BYTES + paletteBytes(file.get(frame + 8)) + 1);
        skipParts(file);
        KeptParts kept = new KeptParts(file.array());
        kept.keep(0, palette);
        kept.keep(frame - 1, file.position() - frame + 1);
        return new EncodedImage(size, 1, Coding.screen(1), () -> asScreen(kept, size, palette));
    }

    private static void toFrame(ByteBuffer file) {
        int block = file.get();
        while (block == EXTENSION) {
            file.get();
            skipParts(file);
            block = file.get();
        }
        if (block != FRAME) {
            throw new BrokenImageException("is a GIF without a frame; send it whole");
        }
    }

    private static void skipParts(ByteBuffer file) {
        int length = Byte.toUnsignedInt(file.get());
        while (length > 0) {
            file.position(file.position() + length);
            length = Byte.toUnsignedInt(file.get());
        }
    }

    private static int paletteBytes(byte flags) {
        return flags < 0 ? 3 << ((flags & 7) + 1) : 0;
    }

    /** A file whose screen has the size of the frame. */
    private static byte[] asScreen(KeptParts kept, Size size, int palette) {
        byte[] gif = kept.joined(new byte[0], new byte[] {TRAILER});
        ByteBuffer.wrap(gif)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putShort(WIDTH_AT, (short) size.width())
                .putShort(WIDTH_AT + Short.BYTES, (short) size.height())
                .putInt(palette + 1, 0);
        return gif;
    }
}
