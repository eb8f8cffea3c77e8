package dev.headroom.function.v2;

import dev.headroom.batch.Failure;
import dev.headroom.batch.RequestFailedException;

/** Says no to a request as a whole. */
final class Refusal {

    private Refusal() {}

    /** The request is not as it should be; the text is formatted with the arguments. */
    static RequestFailedException invalid(String detail, Object... arguments) {
        return new RequestFailedException(new Failure.Invalid(detail.formatted(arguments)));
    }

    /** The request is more than is taken at once. */
    static RequestFailedException tooLarge(String detail, Object... arguments) {
        return new RequestFailedException(new Failure.TooLarge(detail.formatted(arguments)));
    }
}
