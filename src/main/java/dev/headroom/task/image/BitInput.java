package dev.headroom.task.image;

import java.nio.ByteBuffer;

/** Reads bytes bit by bit, the lowest bit of each byte first. */
final class BitInput {

    private final ByteBuffer bytes;
    private int current;
    private int left;

    /** An input from the buffer's position on. */
    BitInput(ByteBuffer bytes) {
        this.bytes = bytes;
    }

    /**
     * Reads so many bits as a number, its lowest bit first.
     *
     * @throws java.nio.BufferUnderflowException when the bytes end
     */
    int read(int count) {
        int value = 0;
        for (int i = 0; i < count; i++) {
            if (left == 0) {
                current = bytes.get();
                left = Byte.SIZE;
            }
            value |= (current & 1) << i;
            current >>= 1;
            left--;
        }
        return value;
    }
}
