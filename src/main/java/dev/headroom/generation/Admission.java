package dev.headroom.generation;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * The sequences that wait for the device, and which of them gets there next: the first, or one that is shorter than all that are
 * being read, where it fits. One thread calls.
 */
final class Admission {

    private final CacheBudget budget;
    private final Rows rows;
    private final PromptSchedule prompts;
    private final OpenSequences open;
    private final SequenceQueue waiting = new SequenceQueue();
    private final Set<Sequence> suspects = new HashSet<>(); // one of them made a run fail; they run alone

    /**
     * Nobody waits.
     *
     * @param open is asked before a sequence gets to the device: it may have gone to another one
     */
    Admission(CacheBudget budget, Rows rows, PromptSchedule prompts, OpenSequences open) {
        this.budget = budget;
        this.rows = rows;
        this.prompts = prompts;
        this.open = open;
    }

    /** A sequence waits; one that gave way waits where it did before. */
    void add(Sequence sequence) {
        waiting.add(sequence);
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    /** The sequences that wait. */
    List<Sequence> all() {
        return waiting.all();
    }

    /** Forgets those that nobody waits for. */
    void sweep() {
        waiting.sweep();
        suspects.removeIf(Sequence::isOver);
    }

    /** One of these made a run fail: each of them runs alone from now on. */
    void suspect(Collection<Sequence> some) {
        suspects.addAll(some);
    }

    /** The next that may be read now; it waits until it is {@link #remove}d. */
    Optional<Sequence> next() {
        Optional<Sequence> next = candidate();
        while (next.isPresent() && !open.claim(next.get())) {
            remove(next.get());
            next = candidate();
        }
        return next;
    }

    private Optional<Sequence> candidate() {
        int most = suspects.isEmpty() ? budget.mostRows() : 1;
        if (prompts.isFull() || onDevice() >= most) {
            return Optional.empty();
        }
        OptionalInt least = prompts.leastLeft();
        return (least.isEmpty() ? waiting.first() : waiting.shorter(least.getAsInt())).filter(this::fits);
    }

    /**
     * One that is alone on the device always fits: its length was checked when it arrived. Others wait until it is empty where the
     * graph's other rotary factors are for them, so that no run has both.
     */
    private boolean fits(Sequence next) {
        int longest = Math.max(prompts.longest(), Math.max(rows.longest(), next.length() + 1));
        return onDevice() == 0 || hasFactorsOf(next) && budget.fitGrowing(onDevice() + 1, longest);
    }

    private boolean hasFactorsOf(Sequence next) {
        return rows.isLong(next.length()) == (rows.areLong() || prompts.areLong());
    }

    private int onDevice() {
        return rows.size() + prompts.size();
    }

    /** It waits no more. */
    void remove(Sequence sequence) {
        waiting.remove(sequence);
    }
}
