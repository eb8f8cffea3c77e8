package dev.headroom.function.reference;

/** What became of one request for a reference. */
sealed interface Answer {

    /** The whole content. */
    record Content(byte[] bytes) implements Answer {}

    /** The content is elsewhere. */
    record Redirect(String location) implements Answer {}

    /** Nobody listens at the address, or no way leads there. */
    record Unreachable() implements Answer {}
}
