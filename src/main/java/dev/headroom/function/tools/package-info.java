/**
 * Tools that a model may call: what requests say of them, and the calls in the text that the model generates.
 *
 * <p>Begin with Tools, then CallReader.
 */
package dev.headroom.function.tools;
