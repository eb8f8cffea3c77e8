package dev.headroom.task;

/**
 * The cut of a long text, of which only the beginning or the end is read. A cut changes the last word, or the whole of a
 * character's repetition. So tokens are decided that end well before it: in between are several words, or where words are
 * not told apart, as in Chinese, three quarters of what is read.
 */
final class TextCut {

    /** Characters, and beginnings of words among them, that lie between the tokens which are kept and a cut. */
    private static final int MARGIN = 128;

    private static final int MARGIN_WORDS = 4;
    private static final int MARGIN_LETTERS = 32;

    private TextCut() {}

    /** The first characters of a text, less one where that would split a pair of surrogates. */
    static String beginning(String text, int characters) {
        if (text.length() <= characters) {
            return text;
        }
        boolean splitsPair = Character.isHighSurrogate(text.charAt(characters - 1));
        return text.substring(0, splitsPair ? characters - 1 : characters);
    }

    /** The last characters of a text, as {@link #beginning} has the first ones. */
    static String end(String text, int characters) {
        int from = text.length() - characters;
        if (from <= 0) {
            return text;
        }
        return text.substring(Character.isLowSurrogate(text.charAt(from)) ? from + 1 : from);
    }

    /** True if a text's beginning decides the tokens before this character of it. */
    static boolean decidesUpTo(int last, String beginning) {
        return last <= beginning.length() - MARGIN && words(beginning, last) >= MARGIN_WORDS
                || last <= beginning.length() / 4 && manyLetters(beginning.substring(last));
    }

    /** True if a text's end decides the tokens from this character of it on. */
    static boolean decidesFrom(int first, String end) {
        String before = end.substring(0, first);
        return first >= MARGIN && words(before, 0) >= MARGIN_WORDS
                || first >= end.length() / 4 * 3 && manyLetters(before);
    }

    /** The words that begin behind this place of a text, at most so many as are asked for. */
    private static int words(String text, int from) {
        int words = 0;
        for (int i = from + 1; i < text.length() && words < MARGIN_WORDS; i++) {
            boolean begins = Character.isWhitespace(text.charAt(i - 1)) && !Character.isWhitespace(text.charAt(i));
            words += begins ? 1 : 0;
        }
        return words;
    }

    private static boolean manyLetters(String text) {
        return text.chars().distinct().count() >= MARGIN_LETTERS;
    }
}
