package dev.headroom.fuzz;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/** Changes bytes, whatever they mean. */
final class ByteMutation {

    private static final byte[][] ODD = {
        {0},
        {(byte) 0xC0, (byte) 0x80},
        {(byte) 0xED, (byte) 0xA0, (byte) 0x80},
        {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF},
        {(byte) 0xFF, (byte) 0xFE},
        {(byte) 0xF8, (byte) 0x88, (byte) 0x80, (byte) 0x80, (byte) 0x80},
        {(byte) 0x80},
        {(byte) 0xF4, (byte) 0x90, (byte) 0x80, (byte) 0x80},
        {'"'},
        {'}'},
        {']'},
        {'\\'},
        {'\r', '\n'},
        {'1', 'e', '9'},
        {-1, -1, -1, -1},
        {127, -1, -1, -1},
        {0, 0, 0, 0, 0, 0, 0, (byte) 0x80}
    };

    private final Dice dice;

    ByteMutation(Dice dice) {
        this.dice = dice;
    }

    byte[] of(byte[] original) {
        int at = dice.below(original.length + 1);
        int end = Math.min(original.length, at + dice.between(1, 1 + original.length / 4));
        return switch (dice.below(7)) {
            case 0 -> Arrays.copyOf(original, at);
            case 1 -> spliced(original, at, dice.of(ODD), at);
            case 2 -> spliced(original, at, new byte[0], end);
            case 3 -> spliced(original, at, Arrays.copyOfRange(original, at, end), at);
            case 4 -> spliced(original, at, dice.bytes(dice.between(1, 16)), end);
            case 5 -> spliced(original, 0, dice.of(ODD), 0);
            default -> flipped(original);
        };
    }

    private byte[] flipped(byte[] original) {
        byte[] flipped = original.clone();
        for (int i = dice.between(1, 8); i > 0 && flipped.length > 0; i--) {
            flipped[dice.below(flipped.length)] ^= (byte) (1 << dice.below(8));
        }
        return flipped;
    }

    private static byte[] spliced(byte[] original, int from, byte[] inserted, int to) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.write(original, 0, from);
        all.writeBytes(inserted);
        all.write(original, to, original.length - to);
        return all.toByteArray();
    }
}
