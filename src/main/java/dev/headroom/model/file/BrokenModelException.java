package dev.headroom.model.file;

/** A model's folder that cannot be served; the message is one sentence: the folder, the file and the remedy. */
public final class BrokenModelException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** An exception with this message. */
    public BrokenModelException(String message) {
        super(message);
    }
}
