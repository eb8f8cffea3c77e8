/**
 * The door of text-embeddings-inference's clients.
 *
 * <p>Begin with TeiRoute.
 */
package dev.headroom.function.tei;
