package dev.headroom.function.download;

/** What became of one request for a reference. */
sealed interface Reply {

    /** The whole content. */
    record Content(byte[] bytes) implements Reply {}

    /** The content is elsewhere. */
    record Redirect(String location) implements Reply {}

    /** Nobody listens at the address, or no way leads there. */
    record Unreachable() implements Reply {}
}
