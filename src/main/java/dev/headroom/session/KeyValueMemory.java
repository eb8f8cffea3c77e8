package dev.headroom.session;

import dev.headroom.device.CudaCopies;
import dev.headroom.device.CudaCopies.Place;
import dev.headroom.session.ExecutionProvider.Cuda;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.locks.Lock;

/** The memory that keys and values lie in, in the arena of a session's device. The device's thread calls. */
final class KeyValueMemory implements AutoCloseable {

    private final DeviceAllocator allocator;
    private final boolean cuda;
    private final MemorySegment nothing; // stands for no bytes
    private int blocks;

    /**
     * None is taken yet.
     *
     * @param session the {@code OrtSession*}, which outlives it
     */
    KeyValueMemory(MemorySegment session, ExecutionProvider provider) {
        allocator = new DeviceAllocator(session, provider);
        cuda = provider instanceof Cuda;
        nothing = allocator.allocate(1);
    }

    /** The lock of a thread that calls the device. */
    Lock turn() {
        return allocator.turn();
    }

    /** The {@code OrtMemoryInfo*} of the memory. */
    MemorySegment info() {
        return allocator.info();
    }

    /**
     * Takes memory that a run writes as a whole before anything reads it.
     *
     * @throws IllegalStateException with ONNX Runtime's message when there is no room
     */
    MemorySegment allocate(long bytes) {
        if (bytes == 0) {
            return nothing;
        }
        MemorySegment memory = allocator.allocate(bytes);
        blocks++;
        return memory;
    }

    /**
     * Takes memory, and fills it with zeros: what no sequence has written may be multiplied by 0, and must be a number.
     *
     * @throws IllegalStateException with ONNX Runtime's message when there is no room
     */
    @SuppressWarnings("restricted")
    MemorySegment allocateZeros(long bytes) {
        MemorySegment memory = allocate(bytes);
        if (bytes == 0) {
            return memory;
        }
        allocator.turn().lock();
        try {
            if (cuda) {
                CudaCopies.zero(memory.address(), bytes);
            } else {
                memory.reinterpret(bytes).fill((byte) 0);
            }
            return memory;
        } catch (RuntimeException | Error e) {
            free(memory);
            throw e;
        } finally {
            allocator.turn().unlock();
        }
    }

    /** Gives memory back. */
    void free(MemorySegment memory) {
        if (!memory.equals(nothing)) {
            blocks--;
            allocator.free(memory);
        }
    }

    /** How many blocks are taken. */
    int blocks() {
        return blocks;
    }

    /**
     * Copies the beginnings of rows.
     *
     * @param rows how many
     * @param rowBytes bytes of each that are copied
     */
    @SuppressWarnings("restricted")
    void copy(Place from, Place to, int rows, long rowBytes) {
        allocator.turn().lock();
        try {
            if (cuda) {
                CudaCopies.onDevice(from, to, rows, rowBytes);
                return;
            }
            MemorySegment all = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);
            for (int row = 0; row < rows; row++) {
                MemorySegment.copy(
                        all, from.address() + row * from.pitch(), all, to.address() + row * to.pitch(), rowBytes);
            }
        } finally {
            allocator.turn().unlock();
        }
    }

    @Override
    public void close() {
        allocator.free(nothing);
        allocator.close();
    }
}
