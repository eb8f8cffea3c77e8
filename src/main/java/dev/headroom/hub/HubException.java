package dev.headroom.hub;

import java.io.IOException;

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

    /** The exception that says why this failure ends the download of a model. */
    static HubException of(HubName name, HubSettings settings, IOException e) {
        return switch (e) {
            case Refusal refusal -> refusal.sentence(name, settings);
            case PassingException passing ->
                new HubException(
                        "%s: %s cannot be used (%s): check the network, the proxy and HF_ENDPOINT, or pull the model before and set HF_HUB_OFFLINE=1."
                                .formatted(name, settings.endpoint(), passing.getMessage()));
            default ->
                new HubException(
                        "%s: the cache %s cannot be written (%s): make it writable with room for the model, or set HF_HOME to another folder."
                                .formatted(name, settings.cache(), said(e)));
        };
    }

    private static String said(IOException e) {
        return e.getClass().getSimpleName().replaceAll("(Exception)?$", "") + ": " + e.getMessage();
    }

    boolean decided() {
        return decided;
    }
}
