package dev.headroom.template.calls;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The texts around arguments of which each has an element of its own, such as {@code <parameter=key>value</parameter>}. A text
 * stands there as it is, and other values as JSON or as Python writes them.
 *
 * @param element the texts of each
 * @param end the mark behind the last one, which ends the arguments
 * @param json true if the template writes true, false and null as JSON does
 */
public record ElementFrame(Element element, String end, boolean json) {

    /**
     * The texts of an element.
     *
     * @param open stands before its key
     * @param middle stands between its key and its value
     * @param close stands behind its value
     */
    public record Element(String open, String middle, String close) {}

    /** Goes on to the next angle bracket or to white space. */
    private static final Pattern MARK = Pattern.compile("<?[^\\s<]+|<");

    /** The marks of a text, which white space may divide. */
    static List<String> marks(String text) {
        List<String> marks = new ArrayList<>();
        for (Matcher mark = MARK.matcher(text); mark.find(); ) {
            marks.add(mark.group());
        }
        return marks;
    }

    /** The first mark behind a value. */
    public String closingMark() {
        String marks = element.close.strip();
        int end = 1;
        while (end < marks.length() && marks.charAt(end) != '<' && !Character.isWhitespace(marks.charAt(end))) {
            end++;
        }
        return marks.substring(0, end);
    }

    /** White space that the template writes before a value. */
    public String blankBefore() {
        return element.middle.substring(element.middle.stripTrailing().length());
    }

    /** White space that the template writes behind a value. */
    public String blankBehind() {
        return element.close.substring(
                0, element.close.length() - element.close.stripLeading().length());
    }
}
