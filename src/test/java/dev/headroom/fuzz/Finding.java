package dev.headroom.fuzz;

/** Behaviour that the service should not show. */
final class Finding extends RuntimeException {

    private static final long serialVersionUID = 1;

    Finding(String message) {
        super(message);
    }
}
