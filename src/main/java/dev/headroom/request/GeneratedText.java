package dev.headroom.request;

import java.util.OptionalLong;

/**
 * A text that has ended, for the trace of its request. It holds no text.
 *
 * @param model the model's name
 * @param arrivedNanos when its request came to the model, as {@link System#nanoTime} says; it has just ended
 * @param firstTokenNanos the time from then to its first token; empty where it has none
 * @param ending why it ended: {@code stop}, {@code length}, {@code cancelled}, or the name of the failure
 * @param failed true if it ended by a failure
 */
public record GeneratedText(
        String model, long arrivedNanos, OptionalLong firstTokenNanos, Tokens tokens, String ending, boolean failed) {

    /**
     * The tokens that it took.
     *
     * @param prompt those of the prompt
     * @param cached those of the prompt that were not read, because their keys and values were there
     * @param generated those chosen
     */
    public record Tokens(int prompt, int cached, int generated) {}
}
