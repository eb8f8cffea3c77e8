package dev.headroom.task;

import io.quarkus.runtime.annotations.RegisterForReflection;

/**
 * A token of a text, as clients of text-embeddings-inference read it.
 *
 * @param text the characters that it stands for; a special token's name
 * @param special true if the tokeniser put it around the text
 * @param start the first of its bytes in the text's UTF-8; null where it is special
 * @param stop the byte behind its last; null where it is special
 */
@RegisterForReflection
public record TextToken(long id, String text, boolean special, Integer start, Integer stop) {}
