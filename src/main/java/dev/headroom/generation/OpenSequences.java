package dev.headroom.generation;

import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * The sequences of a generator that have no end, and which of them its device has begun: the others may still go to another device.
 * Any thread may call.
 */
final class OpenSequences {

    private final ConcurrentMap<Sequence, Boolean> begun = new ConcurrentHashMap<>();

    /** One is to be continued here, which the device has not begun. */
    void add(Sequence sequence) {
        begun.put(sequence, false);
    }

    /** One has ended. */
    void remove(Sequence sequence) {
        begun.remove(sequence);
    }

    /** The device begins one, perhaps anew; false where it has ended or has gone to another device. */
    boolean claim(Sequence sequence) {
        return begun.replace(sequence, true) != null;
    }

    /** Takes one away that the device has not begun; false where it has, or where it is not here. */
    boolean withdraw(Sequence sequence) {
        return begun.remove(sequence, false);
    }

    /** True if the device has begun it, and it has not ended. */
    boolean hasBegun(Sequence sequence) {
        return begun.getOrDefault(sequence, false);
    }

    boolean isEmpty() {
        return begun.isEmpty();
    }

    int size() {
        return begun.size();
    }

    /** All, the one that came first first. */
    List<Sequence> all() {
        return begun.keySet().stream()
                .sorted(Comparator.comparingLong(Sequence::number))
                .toList();
    }

    /** The tokens of all, prompts and answers. */
    long tokens() {
        return begun.keySet().stream().mapToLong(Sequence::length).sum();
    }

    /** The tokens of the prompts without an answer, and one for each sequence that goes on. */
    long waitingTokens() {
        return begun.keySet().stream()
                .mapToLong(one ->
                        one.toFirstToken().isPresent() ? 1 : one.request().prompt().length)
                .sum();
    }
}
