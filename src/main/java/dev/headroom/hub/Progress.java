package dev.headroom.hub;

/** Follows downloads. Several threads call {@link #received} at a time. */
public interface Progress {

    /**
     * Downloads of a model begin.
     *
     * @param model its name
     * @param files the number of files
     * @param bytes the bytes that are not here yet, as far as they are known
     */
    void begins(String model, int files, long bytes);

    /** So many bytes have come; fewer than 0 if as many that came before are of no use. */
    void received(long bytes);

    /** The downloads of the model have ended, well or not. */
    void ends();
}
