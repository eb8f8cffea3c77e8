package dev.headroom.template.calls;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Ids that tell the name of what is called, and the number of the call.
 *
 * @param before stands before the name
 * @param between stands between the name and the number
 */
public record CallId(String before, String between) {

    /** Stands for a digit of a call's number. */
    public static final char DIGIT = '\uE001';

    /** Stands for a further digit, which may be missing. */
    public static final char MORE = '\uE002';

    /** A number of up to four digits. */
    static final String NUMBER = "" + DIGIT + MORE + MORE + MORE;

    /** Ids of the only form that models are known to write in place of names. */
    static final CallId USUAL = new CallId("functions.", ":");

    private static final Pattern LAST_WORD = Pattern.compile("[\\w.:-]*$");

    /** The form of ids of calls whose numbers stand behind their names; empty where no number does. */
    static Optional<CallId> in(String before, String between) {
        int number = between.indexOf(NUMBER);
        Matcher word = LAST_WORD.matcher(before);
        return number < 0 || !word.find()
                ? Optional.empty()
                : Optional.of(new CallId(word.group(), between.substring(0, number)));
    }

    /** True for both marks of digits. */
    public static boolean isDigit(char mark) {
        return mark == DIGIT || mark == MORE;
    }

    /** The id of a call. */
    public String of(String name, int number) {
        return before + name + between + number;
    }

    /** The id in a text that begins a call; empty where there is none. */
    public Optional<String> read(String text, String name) {
        Matcher id =
                Pattern.compile(Pattern.quote(before + name + between) + "\\d+").matcher(text.replaceAll("\\s+", ""));
        return id.find() ? Optional.of(id.group()) : Optional.empty();
    }

    /** True if this is an id of a call of this function. */
    boolean fits(String id, String name) {
        return id.matches(Pattern.quote(before + name + between) + "\\d+");
    }
}
