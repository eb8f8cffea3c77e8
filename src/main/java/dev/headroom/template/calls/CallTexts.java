package dev.headroom.template.calls;

import java.util.Optional;

/**
 * The texts around names and arguments of calls.
 *
 * @param before stands before the name of the first call
 * @param between stands between a name and its arguments
 * @param after stands behind the arguments of the last call
 * @param next stands between the arguments of a call and the name of the next one; empty where there is one call at most
 */
public record CallTexts(String before, String between, String after, Optional<String> next) {}
