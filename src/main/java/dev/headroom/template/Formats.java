package dev.headroom.template;

import dev.headroom.template.Callable.Arguments;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Texts with gaps, as {@code %} and {@code format} fill them; the plain forms only. */
final class Formats {

    private static final Pattern PERCENT = Pattern.compile("%(.?)", Pattern.DOTALL);
    private static final Pattern BRACES = Pattern.compile("\\{\\{|}}|\\{(\\w*)}|[{}]");

    private Formats() {}

    /** Fills %s, %d and %r. */
    static String percent(String format, Object given, Run run) {
        List<?> values = given instanceof List<?> list ? list : java.util.Collections.singletonList(given);
        int[] next = {0};
        String text = PERCENT.matcher(format).replaceAll(found -> {
            if (found.group(1).equals("%")) {
                return "%";
            }
            if (!found.group(1).matches("[sd]") || next[0] >= values.size()) {
                throw new TemplateException("the format '%s' is not served".formatted(format));
            }
            return Matcher.quoteReplacement(Values.text(values.get(next[0]++)));
        });
        if (next[0] < values.size()) {
            throw new TemplateException("the format '%s' has too few gaps".formatted(format));
        }
        run.made(text.length());
        return text;
    }

    /** Fills {}, {0} and {name}. */
    static String braces(String format, Arguments given) {
        int[] next = {0};
        String text = BRACES.matcher(format).replaceAll(found -> {
            if (found.group().length() == 2
                    && found.group().charAt(0) == found.group().charAt(1)) {
                return found.group().substring(1);
            }
            String name = found.group(1);
            if (name == null) {
                throw new TemplateException("the format '%s' is not served".formatted(format));
            }
            boolean counted = name.isEmpty() || name.chars().allMatch(Character::isDigit);
            int place = name.isEmpty() ? next[0]++ : counted ? Integer.parseInt(name) : Integer.MAX_VALUE;
            return Matcher.quoteReplacement(Values.text(given.need(place, name)));
        });
        given.run().made(text.length());
        return text;
    }
}
