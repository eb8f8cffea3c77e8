package dev.headroom.model.onnx;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/**
 * The ports of a graph that reads tokens and gives the scores of the next one, and keeps the keys and values of those it has
 * read.
 *
 * @param inputs its inputs beside the keys and values
 * @param logits the output with the scores of the vocabulary's tokens
 * @param cache the ports of each layer's keys, then values, in the order of the layers
 * @param geometry the sizes of keys and values, which all layers share
 * @param attention what the attention operators ask of whoever runs them
 * @param mixesRows true if a token's numbers change with those beside it in a run
 */
public record DecoderGraph(
        Inputs inputs,
        String logits,
        List<CachePort> cache,
        Geometry geometry,
        Attention attention,
        boolean mixesRows) {

    /** The types of elements that graphs have, by their number in onnx.proto and in ONNX Runtime's C API. */
    public static final int FLOAT = 1;

    public static final int INT32 = 6;
    public static final int INT64 = 7;
    public static final int FLOAT16 = 10;
    public static final int BFLOAT16 = 16;

    /**
     * The inputs beside the keys and values; empty where the graph has none of a kind.
     *
     * @param ids the tokens
     * @param mask a one for each token that is read or was read before
     * @param positions the place of each token in its sequence
     * @param useCache chooses between the two graphs of a merged export: false without keys and values
     * @param keep how many of the last tokens have scores
     */
    public record Inputs(
            Port ids, Optional<Port> mask, Optional<Port> positions, Optional<Port> useCache, Optional<Port> keep) {

        /** Those that the graph has. */
        public List<Port> all() {
            return Stream.of(Optional.of(ids), mask, positions, useCache, keep)
                    .flatMap(Optional::stream)
                    .toList();
        }
    }

    /**
     * An input.
     *
     * @param type the type of its elements: {@link #INT64} or {@link #INT32}; that of {@code useCache} is a boolean
     * @param rank its dimensions
     */
    public record Port(String name, int type, int rank) {}

    /** The names of an input with keys or values and of the output that continues it. */
    public record CachePort(String past, String present) {}

    /**
     * The sizes of keys and values: each is a tensor of {@code [rows, heads, tokens, size]}.
     *
     * @param type the type of their elements: {@link #FLOAT}, {@link #FLOAT16} or {@link #BFLOAT16}
     */
    public record Geometry(int type, int heads, int size) {

        /** Bytes of one head's keys, or values, of a token. */
        public long bytes() {
            return (long) size * (type == FLOAT ? Float.BYTES : Short.BYTES);
        }
    }

    /** True if the graph writes new keys and values into the memory of the old ones. */
    public boolean shared() {
        return attention.shared();
    }

    /** The most tokens of a sequence that the short rotary factors are for; empty where all lengths have the same. */
    public OptionalInt originalContext() {
        return attention.factors().originalContext();
    }

    /**
     * True if the graph's long rotary factors are for a sequence of so many tokens. All sequences of a run have the same factors, and
     * all keys of a sequence.
     */
    public boolean isLong(int tokens) {
        return tokens > originalContext().orElse(Integer.MAX_VALUE);
    }

    /** The least width of the mask by which a sequence of so many tokens is rotated as its length wants it. */
    public int leastMask(int tokens) {
        return isLong(tokens) ? originalContext().orElseThrow() + 1 : 0;
    }

    /**
     * The most tokens of a sequence. Longer ones than the original context run where the width of the mask chooses their factors in
     * shared memory, because that needs no token of theirs. A graph without a choice has the short factors.
     *
     * @param stated what the folder says
     * @param original the original context by config.json, where its model has other factors behind it
     */
    public int context(int stated, OptionalInt original) {
        OptionalInt most = originalContext().isPresent() ? originalContext() : original;
        boolean all = shared() && attention.factors().byMask();
        return all ? stated : Math.min(stated, most.orElse(stated));
    }

    /** Bytes that the keys and values of one token take: 2 x layers x heads x size x bytes of an element. */
    public long bytesPerToken() {
        return cache.size() * geometry.heads() * geometry.bytes();
    }
}
