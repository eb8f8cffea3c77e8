package dev.headroom.request;

/** A whole request has failed. */
public final class RequestFailedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient Failure failure;

    /** A request with this failure. */
    public RequestFailedException(Failure failure) {
        super(failure.detail(), failure instanceof Failure.Internal internal ? internal.cause() : null);
        this.failure = failure;
    }

    /** The failure. */
    public Failure failure() {
        return failure;
    }
}
