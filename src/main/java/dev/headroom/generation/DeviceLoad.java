package dev.headroom.generation;

import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * What one of several devices would have to do before and for a new sequence.
 *
 * @param context the most tokens of a sequence there
 * @param cacheTokens tokens whose keys and values fit there, by which the work is measured
 * @param waitingTokens tokens of the prompts that wait there, and one for each sequence that goes on
 * @param keptTokens the first tokens of the new one that were read there and kept
 * @param full true if no further sequence may wait there
 */
record DeviceLoad(int context, long cacheTokens, long waitingTokens, int keptTokens, boolean full) {

    /** Loads are compared by this: the least goes first, and of equal ones that with more memory. */
    private static final Comparator<DeviceLoad> LEAST = Comparator.comparingDouble(DeviceLoad::share)
            .thenComparing(Comparator.comparingLong(DeviceLoad::cacheTokens).reversed());

    /** What waits, less what the prefix spares, as a share of what fits. */
    private double share() {
        return (double) (waitingTokens - keptTokens) / Math.max(1, cacheTokens);
    }

    /**
     * The place of the device that takes a sequence: of those where it fits the one with the least to do, which is the one that
     * has kept its first tokens unless more waits there than they spare.
     *
     * @param tokens the most tokens of prompt and answer
     * @return empty where it fits on none, or all on which it fits are full
     */
    static OptionalInt least(List<DeviceLoad> loads, long tokens) {
        return IntStream.range(0, loads.size())
                .filter(i -> !loads.get(i).full && loads.get(i).context >= tokens)
                .boxed()
                .min(Comparator.comparing(loads::get, LEAST))
                .map(OptionalInt::of)
                .orElseGet(OptionalInt::empty);
    }
}
