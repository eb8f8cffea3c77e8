package dev.headroom.task.image;

import dev.headroom.task.image.EncodedImage.Coding;
import dev.headroom.task.image.EncodedImage.Size;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Reads a GIF's blocks up to its first frame, which is drawn on the screen as Pillow does. */
final class GifBlocks {

    private static final int HEADER_BYTES = 13;
    private static final int WIDTH_AT = 6;
    private static final int FLAGS_AT = 10;
    private static final int FRAME = 0x2C;
    private static final int EXTENSION = 0x21;
    private static final int GRAPHICS = 0xF9;
    private static final int TRAILER = 0x3B;
    private static final int FRAME_BYTES = 9;

    private GifBlocks() {}

    static EncodedImage image(ByteBuffer file) {
        file.order(ByteOrder.LITTLE_ENDIAN);
        int palette = HEADER_BYTES + paletteBytes(file.get(FLAGS_AT));
        file.position(palette);
        int transparent = toFrame(file);
        int frame = file.position();
        Size size = size(file, frame + 4);
        Screen screen = screen(file, frame, size, transparent);
        file.position(frame + FRAME_BYTES + paletteBytes(file.get(frame + 8)) + 1);
        skipParts(file);
        KeptParts kept = new KeptParts(file.array());
        kept.keep(0, palette);
        kept.keep(frame - 1, file.position() - frame + 1);
        return new EncodedImage(screen, 1, Coding.screen(1), () -> asScreen(kept, size, palette));
    }

    private static Size size(ByteBuffer file, int at) {
        return new Size(Short.toUnsignedInt(file.getShort(at)), Short.toUnsignedInt(file.getShort(at + Short.BYTES)));
    }

    /** The screen, widened where the frame goes beyond it. */
    private static Screen screen(ByteBuffer file, int frame, Size size, int transparent) {
        int left = Short.toUnsignedInt(file.getShort(frame));
        int top = Short.toUnsignedInt(file.getShort(frame + Short.BYTES));
        int width = Math.max(Short.toUnsignedInt(file.getShort(WIDTH_AT)), left + size.width());
        int height = Math.max(Short.toUnsignedInt(file.getShort(WIDTH_AT + Short.BYTES)), top + size.height());
        return new Screen(new Size(width, height), size, left, top, colour(file, frame, transparent));
    }

    /** A colour of the frame's palette, else of the file's; black beyond their end. */
    private static int colour(ByteBuffer file, int frame, int number) {
        boolean own = file.get(frame + FRAME_BYTES - 1) < 0;
        int palette = own ? frame + FRAME_BYTES : HEADER_BYTES;
        int bytes = paletteBytes(file.get(own ? frame + FRAME_BYTES - 1 : FLAGS_AT));
        int at = palette + 3 * number;
        return 3 * number < bytes
                ? (file.get(at) & 0xFF) << 16 | (file.get(at + 1) & 0xFF) << 8 | file.get(at + 2) & 0xFF
                : 0;
    }

    /** Goes to the first frame; the number of the colour that fills the screen: the transparent one, else the first. */
    private static int toFrame(ByteBuffer file) {
        int transparent = 0;
        int block = file.get();
        while (block == EXTENSION) {
            int content = file.position() + 2;
            if ((file.get() & 0xFF) == GRAPHICS && (file.get(content) & 1) == 1) {
                transparent = file.get(content + 3) & 0xFF;
            }
            skipParts(file);
            block = file.get();
        }
        if (block != FRAME) {
            throw new BrokenImageException("is a GIF without a frame; send it whole");
        }
        return transparent;
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
