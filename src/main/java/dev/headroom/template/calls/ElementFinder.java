package dev.headroom.template.calls;

import dev.headroom.template.TemplateException;
import dev.headroom.template.calls.ElementFrame.Element;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Finds how a template writes calls whose arguments have an element each, by calls without arguments, with one and with two. A
 * template that changes texts, or writes other values neither as JSON nor as Python does, has no frame.
 *
 * @param turn the text around an answer
 * @param called writes a conversation that ends in calls
 */
record ElementFinder(Turn turn, Writing writing, Function<Probe[], String> called) {

    private static final String KEY = "zqplace";
    private static final String OTHER = "zqdate";
    private static final String TOWN = "zqtown";
    private static final String DAY = "zqday";
    private static final Map<String, Object> ONE = Map.of(KEY, TOWN);

    /** A value with all that a template might escape. */
    private static final String TEXT = "zq \"<&>'\\ {{ \u00e9\nzq";

    /** Values, and how they may be written, by JSON and by Python. */
    private static final Map<Object, Set<String>> VALUES = Map.of(
            7L,
            Set.of("7"),
            1.5,
            Set.of("1.5"),
            List.of(7L, "zq"),
            Set.of("[7, \"zq\"]", "[7,\"zq\"]", "[7, 'zq']"),
            Map.of("zq", 7L),
            Set.of("{\"zq\": 7}", "{\"zq\":7}", "{'zq': 7}"));

    /** The texts of one call: before and behind the key, and behind the value. */
    private record One(String before, String toKey, String toValue, String behind) {

        String call(String name, String key, String value) {
            return before + name + toKey + key + toValue + value + behind;
        }
    }

    Optional<CallFrame> frame() {
        return one(body(Probe.FIRST.with(ONE)))
                .filter(one -> body(Probe.SECOND.with(ONE)).equals(one.call(Probe.SECOND.name(), KEY, TOWN)))
                .filter(this::writesValues)
                .flatMap(this::frame);
    }

    private String body(Probe call) {
        return turn.body(called.apply(new Probe[] {call})).orElse("");
    }

    private static Optional<One> one(String text) {
        String[] parts = text.split("%s|%s|%s".formatted(Probe.FIRST.name(), KEY, TOWN), -1);
        One one = parts.length == 4 ? new One(parts[0], parts[1], parts[2], parts[3]) : null;
        return Optional.ofNullable(one)
                .filter(all -> all.call(Probe.FIRST.name(), KEY, TOWN).equals(text) && !all.before.isBlank());
    }

    private boolean writesValues(One one) {
        return TEXT.equals(value(one, TEXT))
                && VALUES.entrySet().stream().allMatch(value -> value.getValue().contains(value(one, value.getKey())))
                && Set.of("true", "True").contains(value(one, true))
                && Set.of("null", "None").contains(value(one, null));
    }

    /** How a value is written; empty where more than the value changes. */
    private String value(One one, Object value) {
        String text = body(Probe.FIRST.with(Collections.singletonMap(KEY, value)));
        String[] around = one.call(Probe.FIRST.name(), KEY, "\n" + TOWN + "\n").split("\n" + TOWN + "\n", -1);
        return text.length() > around[0].length() + around[1].length()
                        && text.startsWith(around[0])
                        && text.endsWith(around[1])
                ? text.substring(around[0].length(), text.length() - around[1].length())
                : "";
    }

    private Optional<CallFrame> frame(One one) {
        Map<String, Object> both = new LinkedHashMap<>();
        both.put(KEY, TOWN);
        both.put(OTHER, DAY);
        String two = body(Probe.FIRST.with(both));
        String none = body(Probe.FIRST.with(Map.of()));
        String begin = one.before + Probe.FIRST.name() + one.toKey + KEY + one.toValue + TOWN;
        String rest = OTHER + one.toValue + DAY + one.behind;
        if (two.length() <= begin.length() + rest.length()
                || !two.startsWith(begin)
                || !two.endsWith(rest)
                || !none.startsWith(one.before + Probe.FIRST.name())) {
            return Optional.empty();
        }
        String middle = two.substring(begin.length(), two.length() - rest.length());
        String bare = none.substring((one.before + Probe.FIRST.name()).length());
        return IntStream.rangeClosed(1, Math.min(middle.length(), one.toKey.length()))
                .mapToObj(length -> split(one, middle, bare, length))
                .flatMap(Optional::stream)
                .findFirst();
    }

    /** The frame whose elements open with so many characters; empty where these are not the ones. */
    private Optional<CallFrame> split(One one, String middle, String bare, int length) {
        String open = middle.substring(middle.length() - length);
        String close = middle.substring(0, middle.length() - length);
        if (!one.toKey.endsWith(open) || !one.behind.startsWith(close) || !isMark(open) || !isMark(close.strip())) {
            return Optional.empty();
        }
        String between = one.toKey.substring(0, one.toKey.length() - length);
        String behind = one.behind.substring(close.length());
        List<String> marks = ElementFrame.marks(behind);
        if (!bare.equals(between + behind)
                || one.toValue.isBlank()
                || marks.isEmpty()
                || !isMark(marks.getFirst())
                || open.startsWith(marks.getFirst())
                || marks.getFirst().startsWith(open)) {
            return Optional.empty();
        }
        boolean json = "true".equals(value(one, true));
        return Optional.of(whole(
                one, between, behind, new ElementFrame(new Element(open, one.toValue, close), marks.getFirst(), json)));
    }

    private static boolean isMark(String text) {
        return !text.isEmpty() && "<[|{(".indexOf(text.charAt(0)) >= 0;
    }

    private CallFrame whole(One one, String between, String behind, ElementFrame elements) {
        String after = behind.stripLeading().substring(elements.end().length());
        CallTexts texts = new CallTexts(one.before, between, after, next(one, between + behind, elements.end()));
        return new CallFrame(texts, Optional.of(elements), writing);
    }

    /** The text between two calls without arguments; empty where the template refuses two, or writes them otherwise. */
    private Optional<String> next(One one, String bare, String end) {
        Probe[] two = {Probe.FIRST.with(Map.of()), Probe.SECOND.with(Map.of())};
        try {
            String text = turn.behindBegin(called.apply(two)).orElse("");
            String begin = one.before + Probe.FIRST.name();
            int other = text.indexOf(Probe.SECOND.name());
            int from = text.indexOf(end, begin.length());
            boolean alike = text.startsWith(begin)
                    && from >= 0
                    && from + end.length() < other
                    && bare.startsWith(text.substring(begin.length(), from + end.length()))
                    && text.startsWith(bare, other + Probe.SECOND.name().length());
            return Optional.of(alike ? text.substring(from + end.length(), other) : "")
                    .filter(next -> !next.isBlank() && !turn.endsIn(next));
        } catch (TemplateException e) {
            return Optional.empty();
        }
    }
}
