package dev.headroom.generation;

import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * What one of several devices would have to do before and for a new sequence.
 *
 * @param cacheTokens tokens whose keys and values fit there, by which the work is measured
 * @param beforeTokens of a device with a free row the tokens of the prompts that wait there, and one for each sequence that goes
 *     on; else the tokens of all sequences there
 * @param keptTokens the first tokens of the new one that were read there and kept
 * @param place whether it would wait there
 */
record DeviceLoad(long cacheTokens, long beforeTokens, int keptTokens, Place place) {

    /** Loads are compared by this: the least goes first, and of equal ones that with more memory. */
    private static final Comparator<DeviceLoad> LEAST = Comparator.comparing(DeviceLoad::place)
            .thenComparingDouble(DeviceLoad::share)
            .thenComparing(Comparator.comparingLong(DeviceLoad::cacheTokens).reversed());

    /** Whether a sequence would wait. */
    enum Place {
        /** There is a row for it, and room for its prompt. */
        FREE,

        /** It waits until others end. */
        BEHIND_OTHERS,

        /** No further sequence may wait. */
        FULL
    }

    /** What is to be done before, less what the prefix spares, as a share of what fits. */
    private double share() {
        return (double) (beforeTokens - keptTokens) / Math.max(1, cacheTokens);
    }

    /**
     * The place in the list of the device that takes a sequence: of those with a free row, else of all, the one with the least to
     * do, which is the one that has kept its first tokens unless more waits there than they spare.
     *
     * @return empty where all are full
     */
    static OptionalInt least(List<DeviceLoad> loads) {
        return IntStream.range(0, loads.size())
                .filter(i -> loads.get(i).place != Place.FULL)
                .boxed()
                .min(Comparator.comparing(loads::get, LEAST))
                .map(OptionalInt::of)
                .orElseGet(OptionalInt::empty);
    }
}
