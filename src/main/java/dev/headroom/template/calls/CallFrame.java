package dev.headroom.template.calls;

import java.util.Collection;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The text around a call's name and arguments, as a template writes it.
 *
 * @param before stands before the name of the first call
 * @param between stands between a name and its arguments, which are a JSON object
 * @param after stands behind the arguments of the last call
 * @param next stands between the arguments of a call and the name of the next one; empty where there is one call at most
 * @param writing what the template expects of a message with calls
 */
public record CallFrame(String before, String between, String after, Optional<String> next, Writing writing) {

    /** Stands for the id of a call in {@link #after} and {@link #next}. */
    static final char ID = '\uE000';

    /** Words of JSON, of which one may be open. */
    private static final Pattern JSON = Pattern.compile("[\\[\\]{}:,]*(?:\"[^\"]*\"?[\\[\\]{}:,]*)*");

    private static final Pattern WORD = Pattern.compile("\\S+");

    private static final Pattern ID_MEMBER = Pattern.compile(",\\s*\"\\w+\"\\s*:\\s*\"" + ID + "\"");

    /** The beginning of {@link #before} that is no JSON, such as a special token; empty where the call is bare JSON. */
    public String opening() {
        int end = 0;
        for (Matcher word = WORD.matcher(before); word.find(); ) {
            end = JSON.matcher(word.group()).matches() ? end : word.end();
        }
        return before.substring(0, end);
    }

    /** True for calls that are bare JSON. An answer may show such JSON: it is a call only where the answer begins with it. */
    boolean isBare() {
        return opening().isEmpty();
    }

    /** The same where these texts end the answer: none of them, nor what stands behind one, is part of the calls' end. */
    public CallFrame endingBefore(Collection<String> ends) {
        int end = ends.stream()
                .filter(text -> !text.isEmpty())
                .mapToInt(after::indexOf)
                .filter(at -> at >= 0)
                .min()
                .orElse(after.length());
        return new CallFrame(before, between, after.substring(0, end), next, writing);
    }

    /** A call up to its arguments. */
    public String head(String name) {
        return before + name + between;
    }

    /** The text behind the last arguments where calls have no ids, because models are asked for none. */
    public String end() {
        return withoutId(after);
    }

    /** The text from one call's arguments to those of the next; empty where there is one call at most. */
    public Optional<String> nextHead(String name) {
        return next.map(text -> withoutId(text) + name + between);
    }

    static String withoutId(String text) {
        return ID_MEMBER.matcher(text).replaceAll("").replace(ID, '0');
    }
}
