/**
 * The door of clients that rank documents as Cohere's, Jina's and vLLM's servers do.
 *
 * <p>Begin with RerankRoute.
 */
package dev.headroom.function.rerank;
