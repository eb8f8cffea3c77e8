package dev.headroom.task;

import java.util.Arrays;

/** A text's tokens, for each of a model's inputs. */
record Tokens(long[] ids, long[] types, boolean truncated) {

    /** A one for each token: none is padding. */
    long[] mask() {
        long[] mask = new long[ids.length];
        Arrays.fill(mask, 1);
        return mask;
    }

    /** The first of these tokens. */
    Tokens first(int count) {
        return new Tokens(Arrays.copyOf(ids, count), Arrays.copyOf(types, count), truncated);
    }
}
