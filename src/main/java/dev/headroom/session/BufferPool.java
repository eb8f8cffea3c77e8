package dev.headroom.session;

import dev.headroom.device.PageLockedMemory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Lends direct buffers in sizes of powers of two. A new buffer would cost the clearing of its pages, and on a GPU their locking.
 * Any thread may give a buffer back; the device's threads take them.
 */
final class BufferPool {

    private static final int SMALLEST = 4096;

    private final boolean pageLocked;
    private volatile boolean closed;
    private final Map<Integer, Queue<ByteBuffer>> free = new ConcurrentHashMap<>();

    /**
     * An empty pool.
     *
     * @param pageLocked true for page-locked buffers, from which a GPU copies; where none can be had, the others serve
     */
    BufferPool(boolean pageLocked) {
        this.pageLocked = pageLocked;
    }

    /** A direct buffer in native byte order whose limit is the wanted size; its content is undefined. */
    ByteBuffer take(long bytes) {
        int capacity = capacity(bytes);
        ByteBuffer buffer = queue(capacity).poll();
        if (buffer == null) {
            buffer = allocate(capacity);
        }
        return buffer.clear().limit((int) bytes).order(ByteOrder.nativeOrder());
    }

    private ByteBuffer allocate(int bytes) {
        return pageLocked
                ? PageLockedMemory.allocate(bytes).orElseGet(() -> ByteBuffer.allocateDirect(bytes))
                : ByteBuffer.allocateDirect(bytes);
    }

    /** Takes a buffer back. A pool that is closed drops it. */
    void give(ByteBuffer buffer) {
        queue(buffer.capacity()).add(buffer);
        if (closed) {
            clear();
        }
    }

    /** Drops the idle buffers, and from now on those that come back. */
    void close() {
        closed = true;
        clear();
    }

    /** Drops the idle buffers: frees the page-locked ones, and leaves the others to the garbage collector. */
    void clear() {
        for (Queue<ByteBuffer> idle : free.values()) {
            for (ByteBuffer buffer = idle.poll(); buffer != null; buffer = idle.poll()) {
                if (pageLocked) { // without CUDA its classes are not even there
                    PageLockedMemory.free(buffer);
                }
            }
        }
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
