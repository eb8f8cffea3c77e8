package dev.headroom.worker;

import java.util.Optional;
import java.util.TreeMap;

/**
 * The offsets of one partition that are worked on. Only what lies before the first one that is not settled may be committed.
 * Offsets have gaps, where a topic is compacted or transactions end. Any thread may call.
 */
final class Offsets {

    private final TreeMap<Long, Boolean> begun = new TreeMap<>(); // whether it is settled
    private long reached = -1; // the offset behind the last settled one of the prefix
    private int unsettled;

    /** Begins to work on an offset. */
    synchronized void begin(long offset) {
        begun.put(offset, false);
        unsettled++;
    }

    /** The offset is answered or given up. */
    synchronized void settle(long offset) {
        begun.put(offset, true);
        unsettled--;
        while (!begun.isEmpty() && begun.firstEntry().getValue()) {
            reached = begun.pollFirstEntry().getKey() + 1;
        }
    }

    /** The offset is not settled and will not be: everything from it on is left to the next worker. */
    synchronized void leave() {
        unsettled--;
    }

    /** The offset to commit, which is the next to be read; empty where nothing is settled. */
    synchronized Optional<Long> committable() {
        return reached < 0 ? Optional.empty() : Optional.of(reached);
    }

    /** Offsets that would be read again if the worker were killed now; those beside whose commit is on its way. */
    synchronized int uncommitted() {
        return begun.size();
    }

    /** Offsets that are still worked on. */
    synchronized int unsettled() {
        return unsettled;
    }
}
