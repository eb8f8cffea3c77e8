package dev.headroom.template;

import dev.headroom.template.Callable.Arguments;
import java.util.ArrayList;
import java.util.List;

/** Splits texts into lists, as Python's methods do. */
final class TextSplit {

    private TextSplit() {}

    /** {@code splitlines()}. */
    static List<Object> lines(String text) {
        return new ArrayList<>(text.lines().toList());
    }

    /** {@code split()}: by a separator, or by white space where none is given. */
    static List<Object> fromStart(String text, Arguments given) {
        String separator = given.text(0, "sep", null);
        int most = given.number(1, "maxsplit", -1);
        List<Object> parts = new ArrayList<>();
        String rest = separator == null ? TextMethods.strip(text, null, true, false) : text;
        while (most != 0) {
            int end = separator == null ? space(rest) : rest.indexOf(checked(separator));
            if (end < 0) {
                break;
            }
            parts.add(rest.substring(0, end));
            rest = separator == null
                    ? TextMethods.strip(rest.substring(end), null, true, false)
                    : rest.substring(end + separator.length());
            most--;
        }
        if (separator != null || !rest.isEmpty()) {
            parts.add(separator == null && most != 0 ? TextMethods.strip(rest, null, false, true) : rest);
        }
        return parts;
    }

    private static String checked(String separator) {
        if (separator.isEmpty()) {
            throw new TemplateException("split() has an empty separator");
        }
        return separator;
    }

    private static int space(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (TextMethods.isSpace(text.charAt(i))) {
                return i;
            }
        }
        return -1;
    }

    /** {@code rsplit()}. */
    static List<Object> fromEnd(String text, Arguments given) {
        String separator = given.text(0, "sep", null);
        int most = given.number(1, "maxsplit", -1);
        if (most < 0) {
            return fromStart(text, given);
        }
        if (separator == null) {
            throw new TemplateException("rsplit() is served with a separator only");
        }
        List<Object> parts = new ArrayList<>();
        String rest = text;
        for (int at; most-- > 0 && (at = rest.lastIndexOf(checked(separator))) >= 0; rest = rest.substring(0, at)) {
            parts.addFirst(rest.substring(at + separator.length()));
        }
        parts.addFirst(rest);
        return parts;
    }
}
