package dev.headroom.function.body;

import dev.headroom.request.RequestFailedException;
import io.netty.buffer.ByteBuf;
import io.netty.util.ByteProcessor;

/**
 * Finds what Jackson takes for UTF-8 and is none: characters written in more bytes than they need, and those behind
 * U+10FFFF. It reads them as other characters than the caller means, and another reader before this one may have let a
 * character pass that it did not see. All other faults Jackson finds.
 */
public final class SoundUtf8 implements ByteProcessor {

    /** The bytes of a byte order mark of UTF-16. */
    private static final int MARK = 0xFE;

    private int before;

    private SoundUtf8() {}

    /**
     * Checks the bytes of a body. JSON in UTF-16 or UTF-32, which its first bytes tell, is left to Jackson.
     *
     * @throws RequestFailedException when they are no UTF-8
     */
    public static void check(ByteBuf bytes) {
        if (isWider(bytes)) {
            return;
        }
        int at = bytes.forEachByte(new SoundUtf8());
        if (at >= 0) {
            throw JsonFields.invalid(
                    "The body is no JSON in UTF-8 (byte %d, 0x%02x); encode it as UTF-8.",
                    at - bytes.readerIndex() + 1, bytes.getByte(at));
        }
    }

    private static boolean isWider(ByteBuf bytes) {
        for (int i = 0; i < Math.min(2, bytes.readableBytes()); i++) {
            int first = bytes.getUnsignedByte(bytes.readerIndex() + i);
            if (first == 0 || first >= MARK) {
                return true;
            }
        }
        return false;
    }

    /** False ends the search: this byte is in no UTF-8, or none behind the one before it. */
    @Override
    public boolean process(byte value) {
        if (value >= 0) {
            before = 0;
            return true;
        }
        int next = value & 0xFF;
        boolean sound = next != 0xC0 && next != 0xC1 && next <= 0xF4 && follows(next);
        before = next;
        return sound;
    }

    private boolean follows(int next) {
        return switch (before) {
            case 0xE0 -> next >= 0xA0;
            case 0xF0 -> next >= 0x90;
            case 0xF4 -> next <= 0x8F;
            default -> true;
        };
    }
}
