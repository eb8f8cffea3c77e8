package dev.headroom.serving;

import dev.headroom.device.DeviceMemory;

/** The memory of a GPU that other processes and CUDA itself hold; 0 where that is not told. */
final class OthersMemory {

    private final DeviceAccess access;
    private final DeviceMemory memory;
    private volatile long bytes;
    private long firstBytes = -1;

    /** That of a device, which was not read yet. */
    OthersMemory(DeviceAccess access, DeviceMemory memory) {
        this.access = access;
        this.memory = memory;
    }

    /** The bytes as last read. Asks no driver; any thread may call. */
    long bytes() {
        return bytes;
    }

    /** Reads them again; returns how many more they are than at the first reading. One thread calls. */
    long read() {
        if (access.cuda() && access.gpu().isPresent()) {
            bytes = Math.max(0, memory.usedBytes() - memory.heldBytes());
            firstBytes = firstBytes < 0 ? bytes : firstBytes;
        }
        return bytes - Math.max(0, firstBytes);
    }
}
