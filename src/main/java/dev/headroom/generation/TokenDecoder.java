package dev.headroom.generation;

/** Makes text of tokens. */
@FunctionalInterface
public interface TokenDecoder {

    /** The text of these tokens together, without those that are not to be told, such as the special ones. */
    String decode(int[] ids);
}
