package dev.headroom.request;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Why an item, or a whole request, was not answered. The function maps each case to a status, in one place. */
public sealed interface Failure {

    /** The cause and the remedy, for the caller to read. */
    String detail();

    /** The request's field that is to blame, as the caller wrote it; empty where none is, or it is not known. */
    default Optional<String> field() {
        return Optional.empty();
    }

    /** The kind of failure in one word, for traces. */
    default String name() {
        return getClass().getSimpleName();
    }

    /** True if the same request may succeed later. */
    default boolean mayPass() {
        return switch (this) {
            case TooSlow _, Overloaded _, DeadlineExceeded _, Unavailable _, Internal _ -> true;
            case Invalid _,
                    Unauthenticated _,
                    UnmetExpectation _,
                    UnknownModel _,
                    UnknownPath _,
                    WrongMethod _,
                    UnsupportedMedia _,
                    TooLarge _,
                    TooLong _,
                    Abandoned _ -> false;
        };
    }

    /** The time after which the caller should try again; empty where it is not known, or does not help. */
    default Optional<Duration> retryAfter() {
        return Optional.empty();
    }

    /** The first that may pass, else the first; empty where there is none. */
    static Optional<Failure> gravest(List<Failure> failures) {
        return failures.stream()
                .filter(Failure::mayPass)
                .findFirst()
                .or(() -> failures.stream().findFirst());
    }

    /** The request or item is not as it should be. */
    record Invalid(String detail, Optional<String> field) implements Failure {

        public Invalid(String detail) {
            this(detail, Optional.empty());
        }

        /** The failure of a field, which is the subject of the sentence that the rest ends. */
        public static Invalid of(String field, String rest) {
            return new Invalid(field + " " + rest, Optional.of(field));
        }
    }

    /** The request has neither a key nor a token that is accepted. */
    record Unauthenticated(String detail) implements Failure {}

    /** The request did not arrive in time. */
    record TooSlow(String detail) implements Failure {}

    /** The header {@code Expect} asks for an extension that is not supported. */
    record UnmetExpectation(String detail) implements Failure {}

    /** No model has this name. */
    record UnknownModel(String detail) implements Failure {

        @Override
        public Optional<String> field() {
            return Optional.of("model");
        }

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

    /** The content type is not supported. */
    record UnsupportedMedia(String detail) implements Failure {}

    /** The body, the number of items or one item alone is more than can be served. */
    record TooLarge(String detail, Optional<String> field) implements Failure {

        public TooLarge(String detail) {
            this(detail, Optional.empty());
        }

        /** The failure of a field, which is the subject of the sentence that the rest ends. */
        public static TooLarge of(String field, String rest) {
            return new TooLarge(field + " " + rest, Optional.of(field));
        }
    }

    /** A text has more tokens than the model reads, and the caller did not allow truncation. */
    record TooLong(String detail, Optional<String> field) implements Failure {

        public TooLong(String detail) {
            this(detail, Optional.empty());
        }

        /** The failure of a field, which is the subject of the sentence that the rest ends. */
        public static TooLong of(String field, String rest) {
            return new TooLong(field + " " + rest, Optional.of(field));
        }
    }

    /**
     * The queue is full.
     *
     * @param pause the time until there should be room again
     */
    record Overloaded(String detail, Duration pause) implements Failure {

        @Override
        public Optional<Duration> retryAfter() {
            return Optional.of(pause);
        }
    }

    /** The item was not answered in its time. */
    record DeadlineExceeded(String detail) implements Failure {

        /** The item was not answered in so much time. */
        public static DeadlineExceeded within(Duration time) {
            return new DeadlineExceeded(
                    "The item was not answered within %d ms. Try again.".formatted(time.toMillis()));
        }
    }

    /**
     * The service is starting or draining, has no device, or something it depends on does not answer.
     *
     * @param pause the time until it may be available again
     */
    record Unavailable(String detail, Duration pause) implements Failure {

        @Override
        public Optional<Duration> retryAfter() {
            return Optional.of(pause);
        }

        /** Another device, another instance, or this one once it has been restarted, will answer. */
        public static Unavailable deviceLost() {
            return new Unavailable("The device is lost to this process. Try again.", Duration.ofSeconds(10));
        }

        /** Another instance will answer. */
        public static Unavailable closing() {
            return new Unavailable("The service is shutting down. Try again.", Duration.ofSeconds(1));
        }
    }

    /** The caller hung up, so that nobody reads this. */
    record Abandoned(String detail) implements Failure {

        public static final Abandoned HUNG_UP = new Abandoned("The caller hung up.");
    }

    /**
     * Anything else.
     *
     * @param cause is logged, and never sent to the caller
     */
    record Internal(String detail, Throwable cause) implements Failure {

        /** An exception that no code expects. */
        public static Internal unexpected(Throwable cause) {
            return new Internal("Something went wrong that should not; the log has more under this instance.", cause);
        }
    }
}
