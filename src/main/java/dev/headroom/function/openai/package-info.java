/**
 * OpenAI's embeddings door.
 *
 * <p>Begin with OpenAiRoute.
 */
package dev.headroom.function.openai;
