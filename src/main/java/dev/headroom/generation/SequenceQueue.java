package dev.headroom.generation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Sequences that wait for the device, in the order of their arrival. One that gave way has its old place again. One thread
 * calls.
 */
final class SequenceQueue {

    private final TreeSet<Sequence> waiting = new TreeSet<>(Comparator.comparingLong(Sequence::number));

    void add(Sequence sequence) {
        waiting.add(sequence);
    }

    void remove(Sequence sequence) {
        waiting.remove(sequence);
    }

    /** Forgets those that nobody waits for. */
    void sweep() {
        waiting.removeIf(Sequence::isOver);
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    /** The one that came first. */
    Optional<Sequence> first() {
        return waiting.isEmpty() ? Optional.empty() : Optional.of(waiting.first());
    }

    /** The shortest of those that are shorter than so many tokens. */
    Optional<Sequence> shorter(int tokens) {
        return waiting.stream().filter(one -> one.length() < tokens).min(Comparator.comparingInt(Sequence::length));
    }

    List<Sequence> all() {
        return new ArrayList<>(waiting);
    }
}
