package dev.headroom.generation.sampling;

/** No token can be chosen, because the model's logits are no numbers or everything is excluded. The sequence fails. */
public final class NoTokenException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** With a sentence that says why. */
    public NoTokenException(String message) {
        super(message);
    }
}
