package dev.headroom.fuzz;

/** What the service should not have done. */
final class Finding extends RuntimeException {

    private static final long serialVersionUID = 1;

    Finding(String message) {
        super(message);
    }
}
