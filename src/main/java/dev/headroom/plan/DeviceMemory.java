package dev.headroom.plan;

/** The memory of the device that this process's models share, in bytes; read from any thread, in microseconds. */
public interface DeviceMemory {

    /** Of a device that does not tell. */
    DeviceMemory UNKNOWN = new DeviceMemory() {
        @Override
        public long heldBytes() {
            return 0;
        }

        @Override
        public long peakBytes() {
            return 0;
        }

        @Override
        public long freeBytes() {
            return 0;
        }

        @Override
        public long totalBytes() {
            return 0;
        }

        @Override
        public long availableBytes() {
            return Long.MAX_VALUE;
        }
    };

    /** Held now. A GPU's arena keeps what a batch took until it is shrunk; a CPU's hands it back at once. */
    long heldBytes();

    /** The most ever held at one time. On a GPU it is what is held now: its arena is shrunk between measurements. */
    long peakBytes();

    /** What nobody holds now; 0 of a device that does not tell. */
    long freeBytes();

    /** All of it, or the limit that was set; 0 of a device that does not tell. */
    long totalBytes();

    /** What this process could have of it: what it holds, and what nobody does. */
    default long availableBytes() {
        return totalBytes();
    }
}
