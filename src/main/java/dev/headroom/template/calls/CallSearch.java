package dev.headroom.template.calls;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Looks for calls in a text that comes character by character. It never changes: each character leads to another one.
 *
 * @param heads what it looks for
 * @param places where what was read may be within them
 * @param anywhere true if a call may begin with any character
 */
public record CallSearch(Heads heads, List<Place> places, boolean anywhere) {

    /**
     * A place within a head.
     *
     * @param word the word, and how many of its characters were read
     * @param read characters since the head began
     * @param behind true if it began behind a call
     */
    record Place(Heads.Words head, int word, int at, int read, boolean behind) {

        private static Place begin(Heads.Words head, boolean behind) {
            return new Place(head, 0, 0, 0, behind);
        }

        private boolean whole() {
            return word == head.words().size();
        }

        private boolean begins() {
            return whole() && head.tool() >= 0;
        }

        private boolean ends() {
            return head.tool() < 0 && word > 0 && at == 0;
        }

        /** Adds the place after a further character; none where that is another one. */
        private void after(char c, List<Place> to) {
            if (whole()) {
                return;
            }
            String letters = head.words().get(word);
            if (letters.charAt(at) == CallFrame.ID) {
                withinId(c, letters, to);
            } else if (CallId.isDigit(letters.charAt(at))) {
                withinNumber(c, letters, to);
            } else if (letters.charAt(at) == c) {
                to.add(at(at + 1, letters));
            } else if (at == 0 && Character.isWhitespace(c)) {
                to.add(new Place(head, word, 0, read + 1, behind));
            }
        }

        private void withinId(char c, String letters, List<Place> to) {
            if (at + 1 < letters.length() && letters.charAt(at + 1) == c) {
                to.add(at(at + 2, letters));
            } else if (Character.isLetterOrDigit(c) || c == '-' || c == '_') {
                to.add(at(at, letters));
            }
        }

        private void withinNumber(char c, String letters, List<Place> to) {
            if (c >= '0' && c <= '9') {
                to.add(at(at + 1, letters));
            } else if (letters.charAt(at) == CallId.MORE) {
                boolean last = at + 1 == letters.length();
                new Place(head, last ? word + 1 : word, last ? 0 : at + 1, read, behind).after(c, to);
            }
        }

        private Place at(int next, String letters) {
            return next == letters.length()
                    ? new Place(head, word + 1, 0, read + 1, behind)
                    : new Place(head, word, next, read + 1, behind);
        }
    }

    /** Before an answer in which these tools may be called. */
    public static CallSearch begin(CallFrame frame, List<String> tools) {
        Heads heads = Heads.of(frame, tools);
        List<Place> places = heads.bare()
                ? heads.first().stream().map(head -> Place.begin(head, false)).toList()
                : List.of();
        return new CallSearch(heads, places, !heads.bare());
    }

    /** Behind the arguments of a call. */
    public CallSearch behindCall() {
        return new CallSearch(
                heads,
                heads.behind().stream().map(head -> Place.begin(head, true)).toList(),
                anywhere);
    }

    /** After a further character. */
    public CallSearch after(char c) {
        List<Place> next = new ArrayList<>(2);
        places.forEach(place -> place.after(c, next));
        if (anywhere) {
            heads.first().stream()
                    .filter(head -> head.beginsWith(c))
                    .forEach(head -> Place.begin(head, false).after(c, next));
        }
        return next.isEmpty() && places.isEmpty() ? this : new CallSearch(heads, next, anywhere);
    }

    /**
     * A call that was found.
     *
     * @param tool the index of the tool
     * @param whole true if it has no arguments, and no bracket or mark of an element that begins them
     */
    public record Found(int tool, boolean whole) {}

    /** The call whose arguments began, or that ended without any, with the last character; empty where none did. */
    public Optional<Found> found() {
        return places.stream()
                .filter(Place::begins)
                .map(place -> new Found(place.head.tool(), place.head.whole()))
                .findFirst();
    }

    /** True if the last character ended the calls, or a word of their end, of which models leave the rest out at times. */
    public boolean ends() {
        return places.stream().anyMatch(Place::ends);
    }

    /** The last characters that are the head that was found, else those that may belong to a head or to an end. */
    public int held() {
        boolean found = found().isPresent();
        return places.stream()
                .filter(place -> !found || place.begins())
                .mapToInt(Place::read)
                .max()
                .orElse(0);
    }

    /** True if what is held may end calls. */
    public boolean mayEnd() {
        return places.stream().anyMatch(Place::behind);
    }
}
