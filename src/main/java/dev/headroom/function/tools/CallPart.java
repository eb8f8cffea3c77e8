package dev.headroom.function.tools;

/** A part of an answer in which tools may be called. */
public sealed interface CallPart {

    /** Text that is no call. */
    record Content(String text) implements CallPart {}

    /**
     * A call begins, the one of this index in the answer.
     *
     * @param id nine letters and digits, because some templates refuse others
     */
    record Begin(int index, String id, String name) implements CallPart {}

    /** Further characters of the call's arguments, which together are a JSON object once the call is whole. */
    record Arguments(int index, String text) implements CallPart {}
}
