package dev.headroom.generation.form;

import java.util.List;

/**
 * Within one of several words that begin alike. A character leads to those that go on with it, which lie beside each other, so that many
 * words are read as fast as one.
 *
 * @param words in the order of their characters, each once
 * @param read the characters that all of them share, and that were read
 */
record WordPlace(List<String> words, int read, JsonPlace then) implements JsonPlace {

    /** Adds the place within words that begin like this, and the one behind a word that is whole. */
    static void begin(List<String> words, char c, JsonPlace then, List<JsonPlace> to) {
        new WordPlace(words, 0, then).after(c, to);
    }

    @Override
    public void after(char c, List<JsonPlace> to) {
        int from = first(c);
        int end = from < words.size() && at(from) == c ? first(c + 1) : from;
        if (from < end && words.get(from).length() == read + 1) {
            to.add(then);
            from++;
        }
        if (from < end) {
            to.add(new WordPlace(words.subList(from, end), read + 1, then));
        }
    }

    /** The first word that goes on with this character or a later one. */
    private int first(int c) {
        int from = 0;
        int to = words.size();
        while (from < to) {
            int middle = (from + to) >>> 1;
            if (at(middle) < c) {
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        return from;
    }

    /** The character with which a word goes on; -1 at its end. */
    private int at(int word) {
        String text = words.get(word);
        return text.length() > read ? text.charAt(read) : -1;
    }

    @Override
    public boolean inValue() {
        return true;
    }
}
