/**
 * The choice of the next token from a sequence's scores.
 *
 * <p>Begin with Sampler, then Filters and JsonGuide.
 */
package dev.headroom.generation.sampling;
