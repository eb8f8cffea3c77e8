package dev.headroom.generation;

/**
 * The text of one sequence, as its tokens come; one thread at a time may call. The pieces together are the text of all tokens
 * after the prompt, up to the first stop text that is looked for. Each ends at a whole character, and never within what may become a stop text.
 */
public final class TextStream {

    private final Detokenizer detokenizer;
    private final StopTexts stops;
    private int unlooked;

    /**
     * For a sequence.
     *
     * @param decoder the tokeniser's
     * @param prompt the tokens before the first one, of which the last decide whether its text begins with a space; may be
     *     empty
     * @param stopping texts before which the text ends, which are not looked for in the first tokens
     */
    public TextStream(TokenDecoder decoder, int[] prompt, Stopping stopping) {
        detokenizer = new Detokenizer(decoder, prompt);
        stops = new StopTexts(stopping.texts());
        unlooked = stopping.leastTokens();
    }

    /** The text that may be told after a further token; often empty. */
    public String add(int token) {
        if (stops.found()) {
            return "";
        }
        String piece = detokenizer.add(token);
        if (unlooked > 0) {
            unlooked--;
            return piece;
        }
        return stops.pass(piece);
    }

    /** True once a stop text has come: all text before it was told, and nothing else is to be. */
    public boolean stopped() {
        return stops.found();
    }

    /**
     * The rest of the text: no further token comes. Half a character in the end is told as U+FFFD. A stop text may still be
     * found.
     */
    public String finish() {
        return stops.pass(detokenizer.finish()) + stops.rest();
    }
}
