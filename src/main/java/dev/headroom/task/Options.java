package dev.headroom.task;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * The options of a request for the answers to its inputs.
 *
 * @param normalize true if vectors get length 1; empty for the model's default
 * @param dimensions the number of the vector's first elements to return; empty for all
 * @param truncation the treatment of a text that is too long
 * @param prompt the name of the prompt before each text; empty for the model's default
 * @param rawScores true if scores are the model's outputs without activation
 * @param eachToken true if an embedder answers with a vector for each token, as the graph makes them
 */
public record Options(
        Optional<Boolean> normalize,
        OptionalInt dimensions,
        Truncation truncation,
        Optional<String> prompt,
        boolean rawScores,
        boolean eachToken) {

    /** The default options; a text that is too long is cut as the model's tokeniser does. */
    public static final Options USUAL =
            new Options(Optional.empty(), OptionalInt.empty(), Truncation.USUAL, Optional.empty(), false);

    /** Options for one answer to each input. */
    public Options(
            Optional<Boolean> normalize,
            OptionalInt dimensions,
            Truncation truncation,
            Optional<String> prompt,
            boolean rawScores) {
        this(normalize, dimensions, truncation, prompt, rawScores, false);
    }

    /** The same with another prompt. */
    public Options with(Optional<String> otherPrompt) {
        return new Options(normalize, dimensions, truncation, otherPrompt, rawScores, eachToken);
    }

    /** The same for a vector for each token. */
    public Options ofEachToken() {
        return new Options(normalize, dimensions, truncation, prompt, rawScores, true);
    }
}
