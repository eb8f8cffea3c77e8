package dev.headroom.request;

/**
 * What became of one item.
 *
 * @param <T> the type of its answer
 */
public sealed interface Outcome<T> {

    /** The item was answered. */
    record Answered<T>(T answer) implements Outcome<T> {}

    /** The item was not answered. */
    record Failed<T>(Failure failure) implements Outcome<T> {}
}
