package dev.headroom.generation.form;

import dev.headroom.generation.form.JsonScalar.Outcome;

/**
 * How far one JSON object is read, character by character. A state is copied in constant time, so that a continuation can be
 * tried. Objects and lists are nested at most 64 deep, and white space is bounded, so that it cannot go on for ever.
 */
final class JsonState {

    private static final int DEPTH = 64;

    /** White space in a row: enough for an empty line and an indentation of eight for each level. */
    private static final int BLANKS = 8;

    private static final int INDENTATION = 8;

    /** The kinds of place in JSON, by the characters that may come next. */
    private enum Place {
        BEGIN,
        FIRST_KEY,
        KEY,
        COLON,
        FIRST_ELEMENT,
        VALUE,
        AFTER_VALUE,
        /** The rest of a string, number or word. */
        SCALAR,
        END,
        REFUSED
    }

    private Place place = Place.BEGIN;

    /** The open objects and lists, the innermost in the lowest bit; the bit of a list is set. */
    private long lists;

    private int depth;

    /** Characters of white space that were read in a row. */
    private int blanks;

    private JsonScalar scalar = Outcome.WHOLE;

    /** The place behind the scalar: a colon follows a key. */
    private Place behind = Place.REFUSED;

    /** Becomes equal to another one. */
    void copy(JsonState other) {
        place = other.place;
        lists = other.lists;
        depth = other.depth;
        blanks = other.blanks;
        scalar = other.scalar;
        behind = other.behind;
    }

    /** True once the object is closed: nothing may follow. */
    boolean closed() {
        return place == Place.END;
    }

    /** True within a string, where characters that are not ASCII may stand. */
    boolean inString() {
        return place == Place.SCALAR && scalar == JsonString.TEXT;
    }

    /** Reads a text. False if it does not continue the object; the state is of no use then. */
    boolean read(String text) {
        for (int i = 0; i < text.length(); i++) {
            read(text.charAt(i));
        }
        return place != Place.REFUSED;
    }

    private void read(char c) {
        if (place == Place.SCALAR && scalar.endsBefore(c)) {
            place = behind;
        }
        if (mayBeBlank() && (c == ' ' || c == '\n' || c == '\t' || c == '\r')) {
            blanks++;
            place = blanks > BLANKS + INDENTATION * depth ? Place.REFUSED : place;
        } else {
            blanks = 0;
            place = next(c);
        }
    }

    private boolean mayBeBlank() {
        return switch (place) {
            case BEGIN, FIRST_KEY, KEY, COLON, FIRST_ELEMENT, VALUE, AFTER_VALUE -> true;
            case SCALAR, END, REFUSED -> false;
        };
    }

    private Place next(char c) {
        return switch (place) {
            case BEGIN -> c == '{' ? open(false) : Place.REFUSED;
            case FIRST_KEY -> c == '}' ? close(false) : key(c);
            case KEY -> key(c);
            case COLON -> c == ':' ? Place.VALUE : Place.REFUSED;
            case FIRST_ELEMENT -> c == ']' ? close(true) : value(c);
            case VALUE -> value(c);
            case AFTER_VALUE -> afterValue(c);
            case SCALAR -> scalar(scalar.next(c), behind);
            case END, REFUSED -> Place.REFUSED;
        };
    }

    private Place open(boolean list) {
        if (depth == DEPTH) {
            return Place.REFUSED;
        }
        lists = (lists << 1) | (list ? 1 : 0);
        depth++;
        return list ? Place.FIRST_ELEMENT : Place.FIRST_KEY;
    }

    private boolean inList() {
        return (lists & 1) == 1;
    }

    private Place close(boolean list) {
        if (inList() != list) {
            return Place.REFUSED;
        }
        lists >>>= 1;
        depth--;
        return depth == 0 ? Place.END : Place.AFTER_VALUE;
    }

    private Place key(char c) {
        return c == '"' ? scalar(JsonString.TEXT, Place.COLON) : Place.REFUSED;
    }

    private Place value(char c) {
        return switch (c) {
            case '{' -> open(false);
            case '[' -> open(true);
            case '"' -> scalar(JsonString.TEXT, Place.AFTER_VALUE);
            case '-' -> scalar(JsonNumber.MINUS, Place.AFTER_VALUE);
            case 't' -> scalar(new JsonWord("rue"), Place.AFTER_VALUE);
            case 'f' -> scalar(new JsonWord("alse"), Place.AFTER_VALUE);
            case 'n' -> scalar(new JsonWord("ull"), Place.AFTER_VALUE);
            default -> scalar(JsonNumber.MINUS.next(c), Place.AFTER_VALUE);
        };
    }

    private Place scalar(JsonScalar state, Place next) {
        scalar = state;
        behind = next;
        return switch (state) {
            case Outcome outcome -> outcome == Outcome.WHOLE ? next : Place.REFUSED;
            case JsonString _, JsonNumber _, JsonWord _ -> Place.SCALAR;
        };
    }

    private Place afterValue(char c) {
        return switch (c) {
            case ',' -> inList() ? Place.VALUE : Place.KEY;
            case '}' -> close(false);
            case ']' -> close(true);
            default -> Place.REFUSED;
        };
    }
}
