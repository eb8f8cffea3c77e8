package dev.headroom.gate;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Executor;

/** The lanes of a device, and those of them that nobody has. The lock of {@link Lanes} guards it; any thread may read all lanes. */
final class LanePool {

    private final Deque<Lane> free = new ArrayDeque<>();
    private volatile List<Lane> all;

    /** All are free. */
    LanePool(List<Lane> lanes) {
        all = List.copyOf(lanes);
        free.addAll(all);
    }

    /** All lanes, free or not. */
    List<Lane> all() {
        return all;
    }

    /** How many are free. */
    int free() {
        return free.size();
    }

    /** Takes one of those that are free, at least one. */
    Lane take() {
        return free.remove();
    }

    /** Gives a lane back, unless there is none for its thread any more. */
    void giveBack(Lane lane) {
        if (all.contains(lane)) {
            free.addFirst(lane);
        }
    }

    /** From now on there is a lane for each of these threads. All but one are free. */
    void replace(List<? extends Executor> threads, Lane taken) {
        all = threads.stream().map(this::lane).toList();
        free.clear();
        all.stream().filter(lane -> lane != taken).forEach(free::add);
    }

    private Lane lane(Executor thread) {
        return all.stream().filter(lane -> lane.on(thread)).findFirst().orElseGet(() -> new Lane(thread));
    }
}
