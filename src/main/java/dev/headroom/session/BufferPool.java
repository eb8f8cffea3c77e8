package dev.headroom.session;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Lends direct buffers in sizes of powers of two. A new buffer would cost the clearing of its pages. */
final class BufferPool {

    private static final int SMALLEST = 4096;

    private final Map<Integer, Queue<ByteBuffer>> free = new ConcurrentHashMap<>();

    /** A direct buffer in native byte order whose limit is the wanted size; its content is undefined. */
    ByteBuffer take(long bytes) {
        int capacity = capacity(bytes);
        ByteBuffer buffer = queue(capacity).poll();
        if (buffer == null) {
            buffer = ByteBuffer.allocateDirect(capacity);
        }
        return buffer.clear().limit((int) bytes).order(ByteOrder.nativeOrder());
    }

    /** Takes a buffer back. */
    void give(ByteBuffer buffer) {
        queue(buffer.capacity()).add(buffer);
    }

    /** Drops the idle buffers, so that the garbage collector frees their memory. */
    void clear() {
        free.clear();
    }

    private Queue<ByteBuffer> queue(int capacity) {
        return free.computeIfAbsent(capacity, c -> new ConcurrentLinkedQueue<>());
    }

    private static int capacity(long bytes) {
        if (bytes > 1 << 30) {
            throw new OutOfMemoryError(
                    "Cannot reserve " + bytes + " bytes of direct buffer memory (at most 1 GiB in one)");
        }
        return Integer.highestOneBit(Math.max(SMALLEST, (int) bytes) * 2 - 1);
    }
}
