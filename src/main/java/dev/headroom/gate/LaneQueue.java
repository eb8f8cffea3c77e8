package dev.headroom.gate;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * The threads that wait for lanes, and their order. First come those that hold a lane and need the others too. Then comes
 * the thread that has waited longest, if it needs all lanes; else the model that has had least for its weight. The lock of
 * {@link Lanes} guards it.
 */
final class LaneQueue {

    private final Deque<Waiter> holders = new ArrayDeque<>();
    private final Deque<Waiter> others = new ArrayDeque<>();

    /** A thread that waits for one lane or for all; it may hold one of them already. */
    static final class Waiter {

        private final Share share;
        private final boolean forAll;
        private Lane lane;
        private boolean granted;

        private Waiter(Share share, boolean forAll, Lane lane) {
            this.share = share;
            this.forAll = forAll;
            this.lane = lane;
        }

        Share share() {
            return share;
        }

        boolean forAll() {
            return forAll;
        }

        /** Its lane; null while it has none. */
        Lane lane() {
            return lane;
        }

        boolean granted() {
            return granted;
        }
    }

    Waiter add(Share share, boolean forAll) {
        Waiter waiter = new Waiter(share, forAll, null);
        others.add(waiter);
        return waiter;
    }

    /** Adds a thread that holds this lane and needs all of them. */
    Waiter addHolder(Share share, Lane lane) {
        Waiter waiter = new Waiter(share, true, lane);
        holders.add(waiter);
        return waiter;
    }

    void remove(Waiter waiter) {
        others.remove(waiter);
        holders.remove(waiter);
    }

    /** Ends the wait; a thread that has no lane gets this one. */
    void grant(Waiter waiter, Lane lane) {
        remove(waiter);
        waiter.lane = lane;
        waiter.granted = true;
    }

    Optional<Waiter> next() {
        Waiter first = holders.isEmpty() ? others.peek() : holders.peek();
        return first == null || first.forAll ? Optional.ofNullable(first) : leastServed();
    }

    private Optional<Waiter> leastServed() {
        Waiter least = null;
        for (Waiter waiter : others) {
            if (!waiter.forAll && (least == null || waiter.share.virtualNanos() < least.share.virtualNanos())) {
                least = waiter;
            }
        }
        return Optional.ofNullable(least);
    }

    /** How many threads wait that hold no lane. */
    int size() {
        return others.size();
    }

    boolean isEmpty() {
        return others.isEmpty() && holders.isEmpty();
    }

    boolean hasHolders() {
        return !holders.isEmpty();
    }

    /** True if all that wait want one lane for this share. */
    boolean isOnlyOf(Share share) {
        for (Waiter waiter : others) {
            if (waiter.share != share || waiter.forAll) {
                return false;
            }
        }
        return holders.isEmpty();
    }
}
