package dev.headroom.settings;

/** No plan exists for this device and these settings; the message gives the numbers and the remedy. */
public final class PlanRefusedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** A refusal in one sentence. */
    public PlanRefusedException(String message) {
        super(message);
    }
}
