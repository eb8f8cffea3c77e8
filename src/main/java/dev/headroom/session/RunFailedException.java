package dev.headroom.session;

import java.util.OptionalLong;

/** A batch that the device did not run. */
public final class RunFailedException extends Exception {

    private static final long serialVersionUID = 1L;

    /** The remedy that a failure needs. */
    public enum Kind {
        /** The batch did not fit: shrink, halve, retry. */
        OUT_OF_MEMORY,
        /** The session asks for absurd sizes: reopen it. */
        SESSION_CORRUPT,
        /** Every later call fails, too: stop serving and let the platform restart the process. */
        DEVICE_LOST,
        /** One of the items causes the failure. */
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
     * @param wantedBytes the size of the refused buffer; empty where the failure does not tell it
     */
    public RunFailedException(Kind kind, OptionalLong wantedBytes, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
        this.wantedBytes = wantedBytes.orElse(0);
    }

    /** The remedy that the failure needs. */
    public Kind kind() {
        return kind;
    }

    /** The size of the refused buffer; empty where the failure does not tell it. */
    public OptionalLong wantedBytes() {
        return wantedBytes > 0 ? OptionalLong.of(wantedBytes) : OptionalLong.empty();
    }
}
