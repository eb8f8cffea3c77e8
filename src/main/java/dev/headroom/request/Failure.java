package dev.headroom.request;

import java.time.Duration;
import java.util.Collection;

/** Why an item, or a whole request, was not answered: every case there is, mapped once to a status by the function. */
public sealed interface Failure {

    /** What is wrong and what helps, for the caller to read. */
    String detail();

    /** The request or item is not as it should be. */
    record Invalid(String detail) implements Failure {}

    /** Neither a key nor a token that lets the caller in. */
    record Unauthenticated(String detail) implements Failure {}

    /** The request did not come in the time that it has. */
    record TooSlow(String detail) implements Failure {}

    /** The header {@code Expect} asks for what nobody does. */
    record UnmetExpectation(String detail) implements Failure {}

    /** No model has this name. */
    record UnknownModel(String detail) implements Failure {

        /** A name that is none of those served. */
        public static UnknownModel of(String name, Collection<String> served) {
            return new UnknownModel(
                    "model '%s' is not served here; the models are: %s.".formatted(name, String.join(", ", served)));
        }
    }

    /** Nothing is served at this path. */
    record UnknownPath(String detail) implements Failure {}

    /** The path is not served with this method. */
    record WrongMethod(String detail) implements Failure {}

    /** The content is of a type that is not read. */
    record UnsupportedMedia(String detail) implements Failure {}

    /** The body, the number of items or one item alone is more than can be served. */
    record TooLarge(String detail) implements Failure {}

    /** A text has more tokens than the model reads, and is not to be cut. */
    record TooLong(String detail) implements Failure {}

    /**
     * The queue is full.
     *
     * @param retryAfter when there should be room again
     */
    record Overloaded(String detail, Duration retryAfter) implements Failure {}

    /** The item was not answered in its time. */
    record DeadlineExceeded(String detail) implements Failure {}

    /** Starting, draining, without a device, or its memory is taken at the moment. */
    record Unavailable(String detail, Duration retryAfter) implements Failure {

        /** Another device, another instance, or this one once it has been restarted, will answer. */
        public static Unavailable deviceLost() {
            return new Unavailable("The device is lost to this process. Try again.", Duration.ofSeconds(10));
        }
    }

    /** The caller hung up: nobody reads this. */
    record Abandoned(String detail) implements Failure {}

    /**
     * Anything else.
     *
     * @param cause for the log, never for the caller
     */
    record Internal(String detail, Throwable cause) implements Failure {}
}
