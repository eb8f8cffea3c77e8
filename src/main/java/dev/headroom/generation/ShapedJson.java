package dev.headroom.generation;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/**
 * JSON of a shape. What is read may be the beginning of several values, such as of two words with the same first letters: all
 * places where it may be are kept.
 */
final class ShapedJson implements JsonProgress {

    /** The most places. Leaving others out allows less, and nothing wrong. */
    private static final int MOST = 1024;

    /** White space in a row: small models would spend their tokens on more. */
    private static final int BLANKS = 1;

    private Reading reading;

    /** The places, and the characters of white space in a row before them; no place where the text was refused. */
    private record Reading(List<JsonPlace> places, int blanks) {

        Reading after(String text) {
            Reading at = this;
            for (int i = 0; i < text.length() && !at.places.isEmpty(); i++) {
                at = at.after(text.charAt(i));
            }
            return at;
        }

        private Reading after(char c) {
            boolean blank = c <= ' ' && places.stream().noneMatch(JsonPlace::inValue);
            List<JsonPlace> next = new ArrayList<>(places.size());
            places.forEach(place -> place.after(c, next));
            int inRow = blank ? blanks + 1 : 0;
            return new Reading(inRow > BLANKS ? List.of() : distinct(next), inRow);
        }

        private static List<JsonPlace> distinct(List<JsonPlace> places) {
            if (places.size() < 2) {
                return places;
            }
            Set<JsonPlace> seen = Collections.newSetFromMap(new IdentityHashMap<>());
            return places.stream().filter(seen::add).limit(MOST).toList();
        }
    }

    ShapedJson(JsonShape shape) {
        reading = new Reading(List.of(new JsonPlace.Value(shape, new JsonPlace.End())), 0);
    }

    @Override
    public boolean allows(String text) {
        return !reading.after(text).places.isEmpty();
    }

    @Override
    public void read(String text) {
        reading = reading.after(text);
    }

    @Override
    public void readPart() {
        reading =
                new Reading(reading.places.stream().filter(JsonPlace::inString).toList(), 0);
    }

    @Override
    public boolean inString() {
        return reading.places.stream().anyMatch(JsonPlace::inString);
    }

    @Override
    public boolean closed() {
        return reading.places.stream().anyMatch(JsonPlace.End.class::isInstance);
    }
}
