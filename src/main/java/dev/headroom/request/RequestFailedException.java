package dev.headroom.request;

/** A whole request that is not served. */
public final class RequestFailedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient Failure failure;

    /** A request that failed in this way. */
    public RequestFailedException(Failure failure) {
        super(failure.detail(), failure instanceof Failure.Internal internal ? internal.cause() : null);
        this.failure = failure;
    }

    /** In which way it failed. */
    public Failure failure() {
        return failure;
    }
}
