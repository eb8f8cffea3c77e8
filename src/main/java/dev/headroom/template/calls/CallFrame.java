package dev.headroom.template.calls;

import java.util.Collection;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The text around a call's name and arguments, as a template writes it.
 *
 * @param texts those around names and arguments
 * @param elements the form of arguments that have an element each; empty for a JSON object
 * @param writing what the template expects of a message with calls
 */
public record CallFrame(CallTexts texts, Optional<ElementFrame> elements, Writing writing) {

    /** Stands for the id of a call in the texts behind its arguments. */
    static final char ID = '\uE000';

    /** Words of JSON, of which one may be open. */
    private static final Pattern JSON = Pattern.compile("[\\[\\]{}:,]*(?:\"[^\"]*\"?[\\[\\]{}:,]*)*");

    private static final Pattern WORD = Pattern.compile("\\S+");

    private static final Pattern ID_MEMBER = Pattern.compile(",\\s*\"\\w+\"\\s*:\\s*\"" + ID + "\"");

    /** A frame of calls whose arguments are a JSON object. */
    static CallFrame json(CallTexts texts, Writing writing) {
        return new CallFrame(texts, Optional.empty(), writing);
    }

    private String before() {
        return texts.before();
    }

    /** The text between a name and its arguments. */
    public String between() {
        return texts.between();
    }

    /** The text behind the last arguments. */
    public String after() {
        return texts.after();
    }

    /** The text from arguments to the next name; empty where there is one call at most. */
    public Optional<String> next() {
        return texts.next();
    }

    /** All texts in a row. */
    public String whole() {
        return before()
                + between()
                + elements.map(all -> all.element().open()
                                + all.element().middle()
                                + all.element().close()
                                + all.end())
                        .orElse("")
                + after()
                + next().orElse("");
    }

    /**
     * The beginning of a call that is no JSON and no part of an id, such as a special token; empty where the call is bare JSON. It
     * goes no further than to the first white space where arguments are elements, because a name may follow.
     */
    public String opening() {
        String before = before().substring(
                        0,
                        before().length() - ids().map(CallId::before).orElse("").length());
        int end = 0;
        for (Matcher word = WORD.matcher(before); word.find() && (end == 0 || elements.isEmpty()); ) {
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
        String after = after();
        int end = ends.stream()
                .filter(text -> !text.isEmpty())
                .mapToInt(after::indexOf)
                .filter(at -> at >= 0)
                .min()
                .orElse(after.length());
        return new CallFrame(new CallTexts(before(), between(), after.substring(0, end), next()), elements, writing);
    }

    /** The form of ids that calls have before their arguments; empty where they have none there. */
    public Optional<CallId> ids() {
        return CallId.in(before(), between());
    }

    /** A call up to its arguments. */
    public String head(String name) {
        return before() + name + between();
    }

    /** The text behind the last arguments where calls have no ids, because models are asked for none. */
    public String end() {
        return withoutId(after());
    }

    /** The text from one call's arguments to those of the next; empty where there is one call at most. */
    public Optional<String> nextHead(String name) {
        return next().map(text -> withoutId(text) + name + between());
    }

    static String withoutId(String text) {
        return ID_MEMBER.matcher(text).replaceAll("").replace(ID, '0');
    }
}
