package dev.headroom.plan;

/** The memory of the device that this process's models share, in bytes; read from any thread, in microseconds. */
public interface DeviceMemory {

    /** Of a device that does not tell. */
    DeviceMemory UNKNOWN = () -> 0;

    /** Held now. A GPU's arena keeps what a batch took until it is shrunk; a CPU's hands it back at once. */
    long heldBytes();

    /** The most ever held at one time. On a GPU it is what is held now: its arena is shrunk between measurements. */
    default long peakBytes() {
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

    /** What this process could have of it: what it holds, and what nobody does. More than any where it does not tell. */
    default long availableBytes() {
        return totalBytes() > 0 ? totalBytes() : Long.MAX_VALUE;
    }
}
