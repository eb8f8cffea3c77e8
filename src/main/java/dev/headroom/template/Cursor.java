package dev.headroom.template;

import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A place in a template's source; what is taken moves it on. */
final class Cursor {

    private final String source;
    private int at;
    private int line = 1;
    private int counted;

    Cursor(String source) {
        this.source = source;
    }

    /** True behind the last character. */
    boolean ended() {
        return at >= source.length();
    }

    /** The character here. */
    char peek() {
        return source.charAt(at);
    }

    /** The next text that matches, here or further on; it is not taken. */
    Optional<MatchResult> find(Pattern pattern) {
        Matcher matcher = pattern.matcher(source);
        return matcher.find(at) ? Optional.of(matcher.toMatchResult()) : Optional.empty();
    }

    /** Takes the text that begins here and matches, if there is one. */
    Optional<MatchResult> take(Pattern pattern) {
        Matcher matcher = pattern.matcher(source).region(at, source.length());
        if (!matcher.lookingAt()) {
            return Optional.empty();
        }
        at = matcher.end();
        return Optional.of(matcher.toMatchResult());
    }

    /** Takes the text up to a place. */
    String takeUntil(int place) {
        String text = source.substring(at, place);
        at = place;
        return text;
    }

    /** Takes all that is left. */
    String takeRest() {
        return takeUntil(source.length());
    }

    /** Takes the white space that begins here. */
    String takeSpaces() {
        int end = at;
        while (end < source.length() && TextMethods.isSpace(source.charAt(end))) {
            end++;
        }
        return takeUntil(end);
    }

    /** The line of this place, counted from 1. */
    int line() {
        for (; counted < Math.min(at, source.length()); counted++) {
            line += source.charAt(counted) == '\n' ? 1 : 0;
        }
        return line;
    }
}
