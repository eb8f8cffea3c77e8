package dev.headroom.device;

/**
 * The memory of the device that this process's models share, in bytes. Any thread may ask, and has the answer in
 * microseconds; only where a GPU's driver hangs it may take 2 s, and is what was last read.
 */
public interface DeviceMemory {

    /** Of a device that does not tell. */
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

    /** Held now. A GPU's arena keeps what a batch took until it is shrunk; a CPU's hands it back at once. */
    long heldBytes();

    /** The most ever held at one time. On a GPU it is what is held now: its arena is shrunk between measurements. */
    default long peakBytes() {
        return heldBytes();
    }

    /** Used now, by whomever; what is held, where the device belongs to this process alone. */
    default long usedBytes() {
        return heldBytes();
    }

    /** What nobody holds now; 0 of a device that does not tell. */
    default long freeBytes() {
        return 0;
    }

    /** All of it, or the limit that was set; 0 of a device that does not tell. */
    default long totalBytes() {
        return 0;
    }

    /**
     * What this process could have of it, as last read: what it holds, and what nobody does. More than any where it does not
     * tell. Never asks a driver, so that metrics and requests may ask for it.
     */
    default long availableBytes() {
        return totalBytes() > 0 ? totalBytes() : Long.MAX_VALUE;
    }

    /** When the device last told, by the clock of {@link System#nanoTime}: now, unless it has a driver that may hang. */
    default long readNanos() {
        return System.nanoTime();
    }
}
