package dev.headroom.model;

import java.util.Optional;

/**
 * When a model is open, as its model.yaml says.
 *
 * @param pinned true if it is never closed for others
 * @param opening when it is opened; empty: at the start if it fits, else on demand
 */
public record Residence(boolean pinned, Optional<Opening> opening) {

    /** The residence of a model whose folder says nothing. */
    public static final Residence USUAL = new Residence(false, Optional.empty());

    /** The moment of the opening. */
    public enum Opening {
        /** With the service, which does not start without it. */
        START,
        /** With the first request for it. */
        ON_DEMAND
    }

    /** True if the service does not start unless the model fits. */
    public boolean opensAtStart() {
        return opening.map(Opening.START::equals).orElse(pinned);
    }

    /** True if the first request opens it. */
    public boolean opensOnDemand() {
        return opening.filter(Opening.ON_DEMAND::equals).isPresent();
    }
}
