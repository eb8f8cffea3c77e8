package dev.headroom.template;

import dev.headroom.template.Callable.Arguments;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The functions that every template has. */
final class Functions {

    private static final int LONGEST_RANGE = 100_000;

    /** The functions by their names. */
    static final Map<String, Callable> ALL = Map.of(
            "range", Functions::range,
            "namespace", Functions::namespace,
            "dict", given -> new LinkedHashMap<>(given.names()),
            "raise_exception",
                    given -> {
                        throw new TemplateException(Values.text(given.need(0, "message")));
                    },
            "strftime_now", Functions::now);

    /** The letters of dates in Python, with the patterns of Java. */
    private static final Map<Character, String> DATES = Map.ofEntries(
            Map.entry('Y', "yyyy"),
            Map.entry('y', "yy"),
            Map.entry('m', "MM"),
            Map.entry('d', "dd"),
            Map.entry('H', "HH"),
            Map.entry('I', "hh"),
            Map.entry('M', "mm"),
            Map.entry('S', "ss"),
            Map.entry('p', "a"),
            Map.entry('A', "EEEE"),
            Map.entry('a', "EEE"),
            Map.entry('B', "MMMM"),
            Map.entry('b', "MMM"),
            Map.entry('j', "DDD"));

    private Functions() {}

    private static Object range(Arguments given) {
        long first = given.count() > 1 ? given.number(0, "start", 0) : 0;
        long end = given.number(given.count() > 1 ? 1 : 0, "stop", 0);
        long step = given.number(2, "step", 1);
        if (step == 0) {
            throw new TemplateException("the step of a range is 0");
        }
        if (Math.abs((end - first) / step) > LONGEST_RANGE) {
            throw new TemplateException("a range has more than %,d numbers".formatted(LONGEST_RANGE));
        }
        List<Object> numbers = new ArrayList<>();
        for (long i = first; step > 0 ? i < end : i > end; i += step) {
            numbers.add(i);
        }
        return numbers;
    }

    private static Object namespace(Arguments given) {
        Map<String, Object> first = new LinkedHashMap<>();
        given.places().forEach(map -> {
            if (!(map instanceof Map<?, ?> known)) {
                throw new TemplateException("namespace() takes maps and named values");
            }
            known.forEach((key, value) -> first.put(Values.text(key), value));
        });
        first.putAll(given.names());
        return new Namespace(first);
    }

    private static Object now(Arguments given) {
        String format = Values.text(given.need(0, "format"));
        DateTimeFormatterBuilder builder = new DateTimeFormatterBuilder();
        for (int i = 0; i < format.length(); i++) {
            char next = format.charAt(i);
            if (next != '%' || i + 1 == format.length()) {
                builder.appendLiteral(next);
                continue;
            }
            char letter = format.charAt(++i);
            if (letter == '%') {
                builder.appendLiteral('%');
            } else if (letter == '-' && i + 1 < format.length() && "dmHIMSj".indexOf(format.charAt(i + 1)) >= 0) {
                builder.appendPattern(DATES.get(format.charAt(++i)).substring(0, 1));
            } else if (DATES.containsKey(letter)) {
                builder.appendPattern(DATES.get(letter));
            } else {
                throw new TemplateException("the date format %%%s is not served".formatted(letter));
            }
        }
        DateTimeFormatter formatter = builder.toFormatter(Locale.US);
        return given.run().now().format(formatter);
    }
}
