package dev.headroom.generation.sampling;

import dev.headroom.task.TextTokenizer;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * The texts of a vocabulary's tokens, each as it continues another one. There is one for each model, because a large vocabulary's
 * take megabytes. Any thread may call.
 */
public final class TokenTexts {

    private final TextTokenizer tokenizer;
    private String[] texts;

    /** The texts of a tokeniser's vocabulary, which are not read before they are needed. */
    public TokenTexts(TextTokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    /**
     * All texts by their tokens; that of a special token is empty. The first call takes a third of a second for 100,000
     * tokens.
     */
    public synchronized String[] all() {
        if (texts == null) {
            texts = IntStream.range(0, tokenizer.vocabulary())
                    .mapToObj(id -> tokenizer.piece(id, true))
                    .toArray(String[]::new);
        }
        return texts;
    }

    /** The byte that a token stands for, as {@link TextTokenizer#byteOf} has it. */
    OptionalInt byteOf(int id) {
        return tokenizer.byteOf(id);
    }
}
