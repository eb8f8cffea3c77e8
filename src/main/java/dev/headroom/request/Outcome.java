package dev.headroom.request;

import java.util.Optional;

/**
 * The outcome of one item.
 *
 * @param <T> the type of its answer
 */
public sealed interface Outcome<T> {

    /** Why the item was not answered; empty where it was. */
    default Optional<Failure> why() {
        return this instanceof Failed<T>(Failure failure) ? Optional.of(failure) : Optional.empty();
    }

    /** The item was answered. */
    record Answered<T>(T answer) implements Outcome<T> {}

    /** The item was not answered. */
    record Failed<T>(Failure failure) implements Outcome<T> {}
}
