package dev.headroom.batch;

import dev.headroom.gate.Gate;
import dev.headroom.gate.Permit;
import dev.headroom.measured.LearnedLimits;
import dev.headroom.plan.Plan;
import java.util.List;
import java.util.Optional;

/** A model's replicas, one for each of its devices, at least one. */
record Replicas(List<Replica> all) {

    /** To choose among more items takes longer than to wake a thread. */
    private static final int MOST_CHOSEN_BY_CALLERS = 64;

    /** Starts their threads, which call the task when a batch waits. */
    void start(String name, Runnable startOrWake) {
        for (int i = 0; i < all.size(); i++) {
            all.get(i).start(i == 0 ? name : name + "-" + i, startOrWake);
        }
    }

    /** Starts the next batch on the calling thread, or wakes a thread of theirs for it. */
    void startNext(BatchQueue queue) {
        if (queue.size() > MOST_CHOSEN_BY_CALLERS || !tryStart()) {
            queue.wake();
        }
    }

    /** Starts the next batch on the calling thread; false if no lane is free or no batch closes at once. */
    private boolean tryStart() {
        for (Replica replica : all) {
            Optional<Permit> permit = replica.tryEnter();
            if (permit.isPresent()) {
                return replica.tryStart(permit.get());
            }
        }
        return false;
    }

    void follow(Plan plan) {
        all.forEach(replica -> replica.follow(plan));
    }

    void ranOn(long elements) {
        all.forEach(replica -> replica.limit().ranOn(elements));
    }

    void restore(LearnedLimits known) {
        all.forEach(replica -> replica.limit().restore(known));
    }

    /** The lowest limits that any of the devices has learned; empty if none has. */
    Optional<LearnedLimits> learned() {
        return serving().stream().flatMap(replica -> replica.learned().stream()).reduce(LearnedLimits::lowest);
    }

    /** The limits of a batch that fits on every device. */
    BatchLimits limits() {
        List<Replica> serving = all.size() == 1 ? all : serving();
        BatchLimits lowest = serving.getFirst().limit().current();
        for (Replica replica : serving) {
            lowest = lowest.lowest(replica.limit().current());
        }
        return lowest;
    }

    /** How many times longer a batch takes than it runs if the devices' other models always have batches too. */
    long turns() {
        return all.getFirst().turns();
    }

    /** Those whose devices are not lost; all if all are lost. */
    private List<Replica> serving() {
        List<Replica> serving = all.stream().filter(Replica::serves).toList();
        return serving.isEmpty() ? all : serving;
    }

    Optional<String> defect(Gate gate) {
        return all.stream()
                .filter(replica -> replica.gate() == gate)
                .flatMap(replica -> replica.defect().stream())
                .findFirst();
    }

    void close() {
        all.forEach(Replica::close);
    }
}
