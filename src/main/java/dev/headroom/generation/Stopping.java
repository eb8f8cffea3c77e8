package dev.headroom.generation;

import java.util.List;

/**
 * The ends of a continuation before its most tokens.
 *
 * @param texts texts before which it ends, none of them empty; they are not told
 * @param leastTokens among the first tokens, so many, none ends it and no stop text is looked for
 * @param ignoresEnds true goes on after the tokens that end a text
 */
public record Stopping(List<String> texts, int leastTokens, boolean ignoresEnds) {

    /** The tokens that end a text end it, and nothing else does. */
    public static final Stopping AT_ENDS = new Stopping(List.of(), 0, false);

    /** Refuses what has no meaning; the doors refuse it first, by the names of their fields. */
    public Stopping {
        if (texts.stream().anyMatch(String::isEmpty)) {
            throw new IllegalArgumentException("A stop text is empty: leave it out.");
        }
        if (leastTokens < 0) {
            throw new IllegalArgumentException("leastTokens is %d: give 0 or more.".formatted(leastTokens));
        }
        texts = List.copyOf(texts);
    }

    /** These texts end it, too. */
    public static Stopping at(List<String> texts) {
        return new Stopping(texts, 0, false);
    }
}
