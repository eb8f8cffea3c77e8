package dev.headroom.generation;

import java.util.List;

/**
 * The text of one sequence, as its tokens come; one thread at a time may call. The pieces together are the text of all tokens
 * after the prompt, up to the first stop text. Each ends at a whole character, and never within what may become a stop text.
 */
public final class TextStream {

    private final Detokenizer detokenizer;
    private final StopTexts stops;

    /**
     * For a sequence.
     *
     * @param decoder the tokeniser's
     * @param prompt the tokens before the first one, of which the last decide whether its text begins with a space; may be
     *     empty
     * @param stops texts before which the text ends, none of them empty
     */
    public TextStream(TokenDecoder decoder, int[] prompt, List<String> stops) {
        detokenizer = new Detokenizer(decoder, prompt);
        this.stops = new StopTexts(stops);
    }

    /** The text that may be told after a further token; often empty. */
    public String add(int token) {
        return stops.found() ? "" : stops.pass(detokenizer.add(token));
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
