package dev.headroom.generation;

import java.util.Arrays;

/** The tokens of a prompt and of its continuation, which grows. One thread at a time calls; any thread may read the length. */
final class SequenceTokens {

    private static final int ROOM = 32;

    private int[] all;
    private volatile int length;

    /** Those of a prompt. */
    SequenceTokens(int[] prompt) {
        all = Arrays.copyOf(prompt, prompt.length + ROOM);
        length = prompt.length;
    }

    void add(int token) {
        if (length == all.length) {
            all = Arrays.copyOf(all, 2 * length);
        }
        all[length] = token;
        length = length + 1; // written by one thread alone
    }

    int length() {
        return length;
    }

    int at(int index) {
        return all[index];
    }

    /** Some of them. */
    int[] some(int from, int to) {
        return Arrays.copyOfRange(all, from, to);
    }

    /** How many of the first are the same as those of other tokens, of which so many count. */
    int common(int[] others, int count) {
        int difference = Arrays.mismatch(all, 0, length, others, 0, count);
        return difference < 0 ? length : difference;
    }

    /** The same of other tokens of this kind. */
    int common(SequenceTokens others, int count) {
        return common(others.all, count);
    }
}
