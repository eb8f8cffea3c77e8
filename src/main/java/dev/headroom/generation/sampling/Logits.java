package dev.headroom.generation.sampling;

import java.util.Arrays;

/**
 * One row of a model's logits. It is changed in place, because a copy of a large vocabulary costs a megabyte; {@link #restore}
 * takes the changes back.
 */
final class Logits {

    private final float[] values;
    private final int from;
    private final int length;

    private int[] changed = new int[16];
    private float[] before = new float[16];
    private int changes;

    private final float maxBefore;
    private final int bestBefore;

    /** NaN for unknown. */
    private float max;

    /** The first token that has it; -1 for unknown. */
    private int best = -1;

    Logits(float[] values, int from, int length) {
        this.values = values;
        this.from = from;
        this.length = length;
        maxBefore = largest();
        max = maxBefore;
        bestBefore = best;
    }

    int length() {
        return length;
    }

    float at(int id) {
        return values[from + id];
    }

    void put(int id, float value) {
        if (changes == changed.length) {
            changed = Arrays.copyOf(changed, 2 * changes);
            before = Arrays.copyOf(before, 2 * changes);
        }
        changed[changes] = id;
        before[changes] = at(id);
        changes++;
        values[from + id] = value;
        best = -1;
        if (value >= max) {
            max = value;
        } else if (before[changes - 1] == max) {
            max = Float.NaN;
        }
    }

    /** Gives a token the probability 0. An id outside the vocabulary has it already. */
    void ban(int id) {
        if (id < length) {
            put(id, Float.NEGATIVE_INFINITY);
        }
    }

    /** Takes all changes back. */
    void restore() {
        max = maxBefore;
        best = bestBefore;
        while (changes > 0) {
            changes--;
            values[from + changed[changes]] = before[changes];
        }
    }

    /** Copies as many as there is room for, from a token on. */
    void copy(int first, float[] into, int count) {
        System.arraycopy(values, from + first, into, 0, count);
    }

    /** The largest of them; NaN where one is no number. */
    float max() {
        if (Float.isNaN(max)) {
            max = largest();
        }
        return max;
    }

    /** A branch that is hardly ever taken is three times faster than {@code Math.max}. */
    private float largest() {
        float largest = Float.NEGATIVE_INFINITY;
        for (int i = from; i < from + length; i++) {
            if (!(values[i] <= largest)) { // also where it is no number
                largest = values[i];
                best = i - from;
                if (Float.isNaN(largest)) {
                    return largest;
                }
            }
        }
        return largest;
    }

    /** Those that are this large or larger, unless they are negative infinity. */
    float[] from(float least) {
        float[] found = new float[256];
        int count = 0;
        for (int i = from; i < from + length; i++) {
            if (values[i] >= least && values[i] >= -Float.MAX_VALUE) {
                if (count == found.length) {
                    found = Arrays.copyOf(found, 2 * count);
                }
                found[count] = values[i];
                count++;
            }
        }
        return Arrays.copyOf(found, count);
    }

    /** The first token that has this value, which one has. */
    int first(float value) {
        if (best >= 0 && at(best) == value) {
            return best;
        }
        int id = 0;
        while (at(id) != value) {
            id++;
        }
        return id;
    }
}
