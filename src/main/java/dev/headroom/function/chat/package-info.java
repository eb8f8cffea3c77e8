/**
 * OpenAI's doors for text: chat completions and completions.
 *
 * <p>Begin with ChatRoute, then ChatRequest and CompletionRequest.
 */
package dev.headroom.function.chat;
