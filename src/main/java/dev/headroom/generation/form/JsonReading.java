package dev.headroom.generation.form;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/**
 * How far the JSON of a shape is read. What is read may be the beginning of several values, such as of two words with the same
 * first letters: all places where it may be are kept. It never changes.
 *
 * @param places none where the text was refused
 * @param blanks the characters of white space in a row before them
 */
record JsonReading(List<JsonPlace> places, int blanks) {

    /** The most places. Leaving others out allows less, and nothing wrong. */
    private static final int MOST = 1024;

    /** White space in a row: small models would spend their tokens on more. */
    private static final int BLANKS = 1;

    /** Nothing may follow, nor may the text end. */
    static final JsonReading REFUSED = at();

    /** Before a value of a shape. */
    static JsonReading of(JsonShape shape) {
        return at(new JsonPlace.Value(shape, new JsonPlace.End()));
    }

    /** At a place, which is one of these. */
    static JsonReading at(JsonPlace... places) {
        return new JsonReading(List.of(places), 0);
    }

    JsonReading after(String text) {
        JsonReading at = this;
        for (int i = 0; i < text.length() && !at.places.isEmpty(); i++) {
            at = at.after(text.charAt(i));
        }
        return at;
    }

    JsonReading after(char c) {
        boolean blank = c <= ' ' && places.stream().noneMatch(JsonPlace::inValue);
        List<JsonPlace> next = new ArrayList<>(places.size());
        places.forEach(place -> place.after(c, next));
        int inRow = blank ? blanks + 1 : 0;
        return new JsonReading(inRow > BLANKS ? List.of() : distinct(next), inRow);
    }

    private static List<JsonPlace> distinct(List<JsonPlace> places) {
        if (places.size() < 2) {
            return places;
        }
        Set<JsonPlace> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        return places.stream().filter(seen::add).limit(MOST).toList();
    }

    /** After a part of a character that is not ASCII. */
    JsonReading afterPart() {
        return new JsonReading(
                places.stream()
                        .filter(JsonPlace::inString)
                        .map(JsonPlace::afterPart)
                        .toList(),
                0);
    }

    boolean refused() {
        return places.isEmpty();
    }

    boolean inString() {
        return places.stream().anyMatch(JsonPlace::inString);
    }

    /** True if the text may end here. */
    boolean mayEnd() {
        return places.stream().anyMatch(JsonPlace::mayEnd);
    }

    /** True if nothing may follow. */
    boolean closed() {
        return places.stream().anyMatch(JsonPlace.End.class::isInstance)
                && places.stream().allMatch(JsonPlace.End.class::isInstance);
    }
}
