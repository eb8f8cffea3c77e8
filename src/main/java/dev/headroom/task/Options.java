package dev.headroom.task;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * The options of a request for the answers to its inputs.
 *
 * @param normalize true if vectors get length 1; empty for the model's default
 * @param dimensions the number of the vector's first elements to return; empty for all
 * @param truncate true if a text that is too long is cut, false if it is refused
 * @param prompt the name of the prompt before each text; empty for the model's default
 * @param rawScores true if scores are the model's outputs without activation
 */
public record Options(
        Optional<Boolean> normalize,
        OptionalInt dimensions,
        boolean truncate,
        Optional<String> prompt,
        boolean rawScores) {

    /** The default options; a text that is too long is cut. */
    public static final Options USUAL =
            new Options(Optional.empty(), OptionalInt.empty(), true, Optional.empty(), false);
}
