package dev.headroom.session;

/** A sequence that is being read, with its keys and values in memory of its own. The device's thread calls. */
public final class Prompt {

    KeyValues all;
    int length;

    /** Holds no token yet. */
    Prompt(KeyValues all) {
        this.all = all;
    }

    /** Tokens that have been read. */
    public int length() {
        return length;
    }

    /** Bytes of their keys and values. */
    public long bytes() {
        return all.bytes();
    }
}
