package dev.headroom.session;

/** Rows that lie in tensors. They are closed once: after their run, or instead of it. */
public interface PreparedRows extends AutoCloseable {

    /** The same as {@link Model#run} of these rows. */
    BatchOutput run() throws RunFailedException;

    @Override
    void close();
}
