package dev.headroom.session;

import java.util.OptionalLong;

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
        /** Anything else: it belongs to one of the items. */
        OTHER
    }

    private final Kind kind;
    private final long wantedBytes;

    /** A failure whose kind is known. */
    public RunFailedException(Kind kind, String message, Throwable cause) {
        this(kind, OptionalLong.empty(), message, cause);
    }

    /**
     * A failure whose kind is known.
     *
     * @param wantedBytes the size of the buffer that could not be had, where the failure tells
     */
    public RunFailedException(Kind kind, OptionalLong wantedBytes, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
        this.wantedBytes = wantedBytes.orElse(0);
    }

    /** What the failure asks for. */
    public Kind kind() {
        return kind;
    }

    /** The size of the buffer that could not be had; empty where the failure does not tell. */
    public OptionalLong wantedBytes() {
        return wantedBytes > 0 ? OptionalLong.of(wantedBytes) : OptionalLong.empty();
    }
}
