package dev.headroom.template.calls;

import java.util.List;
import java.util.stream.Stream;

/**
 * Reads arguments in elements character by character, from behind the first {@link ElementFrame.Element#open}. White space between
 * marks may differ from the template's. A value ends where its element ends and another one begins, or all end: so it may hold the
 * mark of its end. It never changes: each character leads to another one.
 *
 * @param texts those that end a key or a value
 * @param place what the next character belongs to
 * @param held the last characters, which may belong to a text that ends it
 * @param ended the last characters that ended a key or a value; 0 if the last one ended none
 */
public record ElementScan(Ends texts, Place place, String held, int ended) {

    /** White space and marks of which more are no end. */
    private static final int MOST = 200;

    /** A part of an element. */
    public enum Place {
        KEY,
        VALUE,
        /** Behind the last element. */
        END
    }

    /** The marks that end a key, those that end a value before a further element, and those that end all. */
    record Ends(List<String> key, List<String> value, List<String> last) {

        private Place of(Place place, String text) {
            if (place == Place.KEY) {
                return match(key, text) == Match.WHOLE ? Place.VALUE : Place.KEY;
            }
            return match(value, text) == Match.WHOLE
                    ? Place.KEY
                    : match(last, text) == Match.WHOLE ? Place.END : Place.VALUE;
        }

        private boolean mayBegin(Place place, char c) {
            List<String> marks = place == Place.KEY ? key : value;
            return marks.getFirst().charAt(0) == c;
        }

        private boolean mayBegin(Place place, String text) {
            return text.length() <= MOST
                    && (place == Place.KEY
                            ? match(key, text) == Match.PART
                            : match(value, text) == Match.PART || match(last, text) == Match.PART);
        }
    }

    private enum Match {
        NONE,
        PART,
        WHOLE
    }

    /** Before the first key. */
    public static ElementScan begin(ElementFrame frame) {
        return at(frame, Place.KEY);
    }

    /** Before a value. */
    public static ElementScan value(ElementFrame frame) {
        return at(frame, Place.VALUE);
    }

    private static ElementScan at(ElementFrame frame, Place place) {
        List<String> close = ElementFrame.marks(frame.element().close());
        Ends ends = new Ends(
                ElementFrame.marks(frame.element().middle()),
                Stream.concat(close.stream(), ElementFrame.marks(frame.element().open()).stream())
                        .toList(),
                Stream.concat(close.stream(), Stream.of(frame.end())).toList());
        return new ElementScan(ends, place, "", 0);
    }

    /** After a further character. */
    public ElementScan after(char c) {
        if (held.isEmpty() && !texts.mayBegin(place, c)) {
            return ended == 0 ? this : new ElementScan(texts, place, "", 0);
        }
        for (String last = held + c; !last.isEmpty(); last = last.substring(1)) {
            Place next = texts.of(place, last);
            if (next != place) {
                return new ElementScan(texts, next, "", last.length());
            }
            if (texts.mayBegin(place, last)) {
                return new ElementScan(texts, place, last, 0);
            }
        }
        return new ElementScan(texts, place, "", 0);
    }

    private static Match match(List<String> marks, String text) {
        int at = 0;
        for (String mark : marks) {
            while (at > 0 && at < text.length() && Character.isWhitespace(text.charAt(at))) {
                at++;
            }
            int end = Math.min(text.length(), at + mark.length());
            if (!text.regionMatches(at, mark, 0, end - at)) {
                return Match.NONE;
            }
            if (end - at < mark.length()) {
                return Match.PART;
            }
            at = end;
        }
        return at == text.length() ? Match.WHOLE : Match.NONE;
    }
}
