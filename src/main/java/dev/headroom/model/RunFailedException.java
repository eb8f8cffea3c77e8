package dev.headroom.model;

/** A batch that the device did not run. */
public final class RunFailedException extends Exception {

    private static final long serialVersionUID = 1L;

    /** What the failure asks for. */
    public enum Kind {
        /** The batch did not fit: shrink, halve, retry. */
        OUT_OF_MEMORY,
        /** The session asks for absurd sizes: recreate it. */
        SESSION_CORRUPT,
        /** Every later call will fail too: stop serving, let the platform restart the process. */
        DEVICE_LOST,
        /** Anything else: fails the batch, and nothing but the batch. */
        OTHER
    }

    private final Kind kind;

    /** A failure whose kind is known. */
    public RunFailedException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    /** What the failure asks for. */
    public Kind kind() {
        return kind;
    }
}
