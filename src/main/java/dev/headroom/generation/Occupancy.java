package dev.headroom.generation;

/** The numbers of the sequences on a device and of their memory. The lane's thread counts; any thread may read. */
final class Occupancy {

    private final KeptSequences kept;
    private volatile int running;
    private volatile long held;

    /** Nothing is counted yet. */
    Occupancy(KeptSequences kept) {
        this.kept = kept;
    }

    /** From now on it is so many sequences that go on, and so many bytes. */
    void count(int sequences, long bytes) {
        running = sequences;
        held = bytes;
    }

    /** Sequences that go on. */
    int running() {
        return running;
    }

    /** Bytes of their keys and values. */
    long heldBytes() {
        return held;
    }

    /** How many of the first tokens of a prompt are those of a sequence that has ended. */
    int kept(int[] prompt) {
        return kept.longest(prompt);
    }

    /** Bytes of the keys and values of sequences that have ended. */
    long keptBytes() {
        return kept.bytes();
    }
}
