package dev.headroom.session;

import ai.onnxruntime.OrtException;
import dev.headroom.device.DeviceMemory;

/**
 * The arena from which all sessions on one GPU take their memory, weights included: what they hold together never exceeds
 * its size, whatever models and sessions there are. The driver tells what others hold of the GPU.
 */
public final class CudaArena implements DeviceMemory {

    private final OrtArena arena;
    private final DeviceMemory gpu;

    /**
     * Creates the arena; a thread of the device calls. Sessions on this GPU that open later share it. A process has one
     * arena of each GPU for its whole life.
     *
     * @param device CUDA's index of the GPU
     * @param bytes the most bytes that all sessions take together
     * @param gpu reads the memory of the whole GPU
     * @throws IllegalStateException when ONNX Runtime or CUDA refuses
     */
    public CudaArena(int device, long bytes, DeviceMemory gpu) {
        loadProvider(device);
        this.arena = OrtArena.cuda(device, bytes);
        this.gpu = gpu;
    }

    /** Loads the CUDA provider, without which ONNX Runtime's C API would end the process. */
    private static void loadProvider(int device) {
        try {
            new ExecutionProvider.Cuda(device).options().close();
        } catch (OrtException e) {
            throw new IllegalStateException(RunFailures.oneLine(e), e);
        }
    }

    @Override
    public long heldBytes() {
        return arena.heldBytes();
    }

    @Override
    public long peakBytes() {
        return arena.peakBytes();
    }

    /** Bytes used of the GPU by any process, without those that the arena holds for later batches. */
    @Override
    public long usedBytes() {
        return Math.max(heldBytes(), gpu.usedBytes() - idleBytes());
    }

    @Override
    public long freeBytes() {
        boolean told = gpu.totalBytes() > 0;
        return told ? Math.min(arena.freeBytes(), idleBytes() + gpu.freeBytes()) : arena.freeBytes();
    }

    @Override
    public long totalBytes() {
        return arena.totalBytes();
    }

    @Override
    public long availableBytes() {
        return Math.min(totalBytes(), gpu.availableBytes());
    }

    @Override
    public long readNanos() {
        return gpu.readNanos();
    }

    private long idleBytes() {
        return arena.allocatedBytes() - arena.heldBytes();
    }
}
