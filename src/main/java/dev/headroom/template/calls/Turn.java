package dev.headroom.template.calls;

import java.util.Optional;

/**
 * What a template writes around an answer, whether it is a text or a call.
 *
 * @param begin all that stands before it
 * @param end what stands behind it
 */
record Turn(String begin, String end) {

    /** Both texts end in an answer that begins with another letter, and ends with another one. */
    static Turn of(String one, String other) {
        int begin = 0;
        int least = Math.min(one.length(), other.length());
        while (begin < least && one.charAt(begin) == other.charAt(begin)) {
            begin++;
        }
        int end = 0;
        while (end < least - begin && one.charAt(one.length() - 1 - end) == other.charAt(other.length() - 1 - end)) {
            end++;
        }
        return new Turn(one.substring(0, begin), one.substring(one.length() - end));
    }

    /** What stands in the turn; empty where another one does. */
    Optional<String> body(String text) {
        return behindBegin(text)
                .filter(rest -> rest.endsWith(end))
                .map(rest -> rest.substring(0, rest.length() - end.length()));
    }

    Optional<String> behindBegin(String text) {
        return text.startsWith(begin) ? Optional.of(text.substring(begin.length())) : Optional.empty();
    }

    /** True if a text ends the turn. */
    boolean endsIn(String text) {
        return !end.isBlank() && text.contains(end.strip());
    }

    /** True if the answer follows this prompt, with nothing but marks of reasoning between them. */
    boolean follows(String prompt) {
        String shown = prompt.stripTrailing();
        String rest = begin.startsWith(shown)
                ? begin.substring(shown.length())
                : shown.startsWith(begin) ? shown.substring(begin.length()) : "other";
        return rest.replaceAll("</?think>", "").isBlank();
    }
}
