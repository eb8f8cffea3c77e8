package dev.headroom.device;

/**
 * The memory of the device that this process's models share, in bytes. Any thread may ask, and has the answer in
 * microseconds. Only where a GPU's driver hangs it takes up to 2 s, and is the last reading.
 */
public interface DeviceMemory {

    /** The memory of a device that does not tell. */
    DeviceMemory UNKNOWN = new DeviceMemory() {
        private final long madeNanos = System.nanoTime();

        @Override
        public long heldBytes() {
            return 0;
        }

        @Override
        public long readNanos() {
            return madeNanos;
        }
    };

    /** Bytes held now. A GPU's arena keeps a batch's memory until it is shrunk; a CPU's hands it back at once. */
    long heldBytes();

    /** The most ever held at one time. A GPU answers the bytes held now: its arena is shrunk between measurements. */
    default long peakBytes() {
        return heldBytes();
    }

    /** Bytes used now, by any process; those held, where the device belongs to this process alone. */
    default long usedBytes() {
        return heldBytes();
    }

    /** Bytes that no process holds now; 0 of a device that does not tell. */
    default long freeBytes() {
        return 0;
    }

    /** All of it, or the limit that was set; 0 of a device that does not tell. */
    default long totalBytes() {
        return 0;
    }

    /**
     * Bytes that this process could have, as last read: those that it holds, and those that no process does. More than
     * any device has where it does not tell. Never asks a driver, so that metrics and requests may ask for it.
     */
    default long availableBytes() {
        return totalBytes() > 0 ? totalBytes() : Long.MAX_VALUE;
    }

    /** The time of the last reading, by {@link System#nanoTime}: now, unless the device has a driver that may hang. */
    default long readNanos() {
        return System.nanoTime();
    }
}
