package dev.headroom.settings;

/** The start is refused: no plan exists for this device and these settings. The message gives the numbers and the remedy. */
public final class PlanRefusedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** A refusal in one sentence. */
    public PlanRefusedException(String message) {
        super(message);
    }
}
