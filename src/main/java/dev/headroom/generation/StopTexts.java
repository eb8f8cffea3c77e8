package dev.headroom.generation;

import java.util.List;

/** Looks for stop texts in a text that comes in pieces, and holds back what may become one. */
final class StopTexts {

    private final List<String> stops;
    private final StringBuilder held = new StringBuilder();
    private boolean found;

    /**
     * Looks for these texts.
     *
     * @param stops none of them empty
     */
    StopTexts(List<String> stops) {
        this.stops = stops;
    }

    /** True once one has come. */
    boolean found() {
        return found;
    }

    /**
     * Takes the next piece. Tells the text that can be no part of a stop text, or all that is before the one that is complete
     * first; where several are, the longest of them.
     */
    String pass(String piece) {
        if (found) {
            return "";
        }
        int from = held.length();
        held.append(piece);
        for (int end = from + 1; end <= held.length(); end++) {
            int begin = begin(end);
            if (begin >= 0) {
                found = true;
                return held.substring(0, begin);
            }
        }
        return take(held.length() - beginning());
    }

    /** The place at which the longest stop text begins that ends here; -1 if none does. */
    private int begin(int end) {
        int begin = -1;
        for (String stop : stops) {
            int from = end - stop.length();
            if (from >= 0 && (begin < 0 || from < begin) && held.indexOf(stop, from) == from) {
                begin = from;
            }
        }
        return begin;
    }

    /** The longest end of the text with which a stop text begins. */
    private int beginning() {
        int longest = 0;
        for (String stop : stops) {
            for (int length = Math.min(stop.length() - 1, held.length()); length > longest; length--) {
                if (stop.startsWith(held.substring(held.length() - length))) {
                    longest = length;
                }
            }
        }
        return longest;
    }

    private String take(int length) {
        String text = held.substring(0, length);
        held.delete(0, length);
        return text;
    }

    /** The text that was held back: no further piece comes. */
    String rest() {
        return found ? "" : take(held.length());
    }
}
