package dev.headroom.task;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a request asks of the answers to all its inputs.
 *
 * @param normalize whether vectors get length 1; empty: as the model's description says
 * @param dimensions elements of the vectors, the first of those that the model makes; empty: all
 * @param truncate whether a text that is too long is cut, and not refused
 * @param prompt the name of what is put before each text; empty: as the model's description says
 * @param rawScores whether scores are the model's outputs as they are
 */
public record Options(
        Optional<Boolean> normalize,
        OptionalInt dimensions,
        boolean truncate,
        Optional<String> prompt,
        boolean rawScores) {

    /** Of a request that asks for nothing; a text that is too long is cut. */
    public static final Options USUAL =
            new Options(Optional.empty(), OptionalInt.empty(), true, Optional.empty(), false);
}
