package dev.headroom.template.calls;

import java.util.Optional;

/**
 * The text that a template writes around an answer, be it a text or a call.
 *
 * @param begin all that stands before it
 * @param end what stands behind it
 */
record Turn(String begin, String end) {

    /**
     * The turn of two texts that end in an answer.
     *
     * @param said has this answer, which begins with another letter than the other one
     * @param called may lack the end, as some templates forget it behind a call
     */
    static Turn of(String said, String answer, String called) {
        int begin = 0;
        while (begin < Math.min(said.length(), called.length()) && said.charAt(begin) == called.charAt(begin)) {
            begin++;
        }
        int at = said.lastIndexOf(answer);
        String end = at < 0 ? "" : said.substring(at + answer.length());
        return new Turn(said.substring(0, begin), called.substring(begin).endsWith(end) ? end : "");
    }

    /** The text in the turn; empty where another one stands there. */
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
