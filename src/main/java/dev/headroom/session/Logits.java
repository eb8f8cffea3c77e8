package dev.headroom.session;

/**
 * The scores of the vocabulary's tokens after the last token of each row. They hold until the model runs again.
 *
 * @param scores row after row
 * @param vocabulary scores of a row
 */
public record Logits(float[] scores, int vocabulary) {}
