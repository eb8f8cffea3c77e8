package dev.headroom.plan;

/** What this process's models hold of their device, in bytes; read from any thread, in microseconds. */
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
    };

    /** Held now. A GPU's arena keeps what a batch took until it is shrunk; a CPU's hands it back at once. */
    long heldBytes();

    /** The most ever held at one time. On a GPU it is what is held now: its arena is shrunk between measurements. */
    long peakBytes();
}
