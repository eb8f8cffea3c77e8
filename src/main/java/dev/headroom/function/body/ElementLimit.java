package dev.headroom.function.body;

import dev.headroom.request.Failure;
import dev.headroom.request.RequestFailedException;

/**
 * The most elements that an array of a request may hold.
 *
 * @param settings the settings that bound them
 */
public record ElementLimit(long elements, String settings) {

    /** The failure of a request whose field holds more. */
    public RequestFailedException exceeded(String field) {
        return new RequestFailedException(Failure.TooLarge.of(
                field,
                "holds more than %d elements, which is what is taken at once; send them in parts, or raise %s."
                        .formatted(elements, settings)));
    }
}
