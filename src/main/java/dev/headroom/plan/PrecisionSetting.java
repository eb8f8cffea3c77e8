package dev.headroom.plan;

/**
 * The file of a model that is served, with the reason.
 *
 * @param value its precision
 * @param file its name
 * @param source where the choice comes from
 * @param reason the facts that it follows from
 */
public record PrecisionSetting(Precision value, String file, Source source, String reason) {}
