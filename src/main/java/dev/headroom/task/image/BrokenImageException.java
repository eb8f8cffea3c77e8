package dev.headroom.task.image;

/** An image that cannot be decoded; the message is what follows "The image ". */
final class BrokenImageException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** A broken image. */
    BrokenImageException(String message) {
        super(message, null, false, false);
    }
}
