package dev.headroom.generation;

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

    /** NaN for unknown. */
    private float max;

    Logits(float[] values, int from, int length) {
        this.values = values;
        this.from = from;
        this.length = length;
        maxBefore = largest();
        max = maxBefore;
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

    private float largest() {
        float largest = Float.NEGATIVE_INFINITY;
        for (int i = from; i < from + length; i++) {
            largest = Math.max(largest, values[i]);
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
        int id = 0;
        while (at(id) != value) {
            id++;
        }
        return id;
    }
}
