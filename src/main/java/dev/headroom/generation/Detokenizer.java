package dev.headroom.generation;

import java.util.Arrays;

/**
 * Makes text of tokens that come one after another. What it tells is final: it holds the bytes of a character back until they are
 * whole, or cannot become whole any more.
 *
 * <p>A token's text depends on those before it, as a word's space does. So it decodes a window of a few tokens, which begins
 * before the last text that was told, and tells what is new in it.
 */
final class Detokenizer {

    /** The character that a decoder puts in the place of bytes that are none. */
    private static final char REPLACEMENT = '\uFFFD';

    /** Tokens of the prompt that the first window has. */
    private static final int CONTEXT = 6;

    /** A character has at most so many bytes, and so many tokens. */
    private static final int CHARACTER = 4;

    private final TokenDecoder decoder;
    private int[] window;
    private int size;
    private String text;

    /** The first tokens of the window, of which no text is to come. */
    private int settled;

    /** The first characters of the window's text that were told. */
    private int told;

    Detokenizer(TokenDecoder decoder, int[] prompt) {
        this.decoder = decoder;
        window = Arrays.copyOfRange(prompt, Math.max(0, prompt.length - CONTEXT), prompt.length);
        size = window.length;
        settled = size;
        text = decoded(0);
        told = text.length();
    }

    private String decoded(int first) {
        return decoder.decode(Arrays.copyOfRange(window, first, size));
    }

    /** The new text that is final after a further token. */
    String add(int token) {
        String before = text;
        append(token);
        if (text.equals(before) && decoder.decode(new int[] {token, token}).isEmpty()) {
            size--; // a special token, which would only fill the window
            return "";
        }
        int stable = text.length();
        while (stable > 0 && text.charAt(stable - 1) == REPLACEMENT) {
            stable--;
        }
        if (stable == text.length()) {
            String piece = tell(stable);
            restart(settled);
            return piece;
        }
        if (size - settled < CHARACTER) {
            return tell(stable);
        }
        String piece = tell(text.length() - 1);
        restart(size - CHARACTER);
        settled = size - CHARACTER + 1;
        return piece;
    }

    private void append(int token) {
        if (size == window.length) {
            window = Arrays.copyOf(window, Math.max(CONTEXT, 2 * size));
        }
        window[size] = token;
        size++;
        text = decoded(0);
    }

    /** Tells the text up to a place, unless that was told. A character of two chars is never split. */
    private String tell(int end) {
        if (told < text.length() && told > 0 && Character.isSurrogatePair(text.charAt(told - 1), text.charAt(told))) {
            told++;
        }
        if (end <= told) {
            return "";
        }
        String piece = text.substring(told, end);
        told = end;
        return piece;
    }

    /**
     * Begins the window at a later token, or at one before it where those have no text: the decoder would take the next token for the
     * first of all.
     */
    private void restart(int first) {
        int begin = first;
        String rest = decoded(begin);
        while (rest.isEmpty() && begin > 0) {
            begin--;
            rest = decoded(begin);
        }
        told = Math.max(0, rest.length() - Math.max(0, text.length() - told));
        text = rest;
        window = Arrays.copyOfRange(window, begin, size);
        size = window.length;
        settled = size;
    }

    /** The rest of the text: no further token comes. */
    String finish() {
        return tell(text.length());
    }
}
