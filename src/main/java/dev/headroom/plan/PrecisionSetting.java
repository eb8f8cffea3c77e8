package dev.headroom.plan;

/**
 * Which file of a model is served, with its explanation.
 *
 * @param value its precision
 * @param file its name
 * @param source where the choice comes from
 * @param reason what it follows from
 */
public record PrecisionSetting(Precision value, String file, Source source, String reason) {}
