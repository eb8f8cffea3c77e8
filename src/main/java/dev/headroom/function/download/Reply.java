package dev.headroom.function.download;

/** The outcome of one request for a reference. */
sealed interface Reply {

    /** The whole content. */
    record Content(byte[] bytes) implements Reply {}

    /** The content is elsewhere. */
    record Redirect(String location) implements Reply {}

    /** The address cannot be connected to. */
    record Unreachable() implements Reply {}
}
