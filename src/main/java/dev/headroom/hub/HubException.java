package dev.headroom.hub;

/** A model that cannot be had from the Hub or its cache; the message is one sentence with the remedy. */
public final class HubException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final boolean decided;

    /** An exception with this message. */
    HubException(String message) {
        this(message, false);
    }

    /**
     * An exception with this message.
     *
     * @param decided true if the Hub knows that there is no such revision, so that a cached one would be another
     */
    HubException(String message, boolean decided) {
        super(message);
        this.decided = decided;
    }

    boolean decided() {
        return decided;
    }
}
