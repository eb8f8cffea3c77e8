package dev.headroom.serving;

import dev.headroom.gate.Gate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Looks several times a second for a thread that has ended and a run that never ends, which would leave callers waiting
 * for ever. One thread at a time runs it, and never waits for the device.
 */
final class DeviceWatch implements Runnable {

    static final Duration PERIOD = Duration.ofMillis(250);

    private final Gate gate;
    private final Supplier<Optional<String>> defect;
    private final Supplier<Duration> longestRun;
    private List<OptionalLong> progress = List.of();
    private List<Long> looks = List.of();

    /**
     * A watch.
     *
     * @param gate the device's gate, which it declares lost
     * @param defect the reason why only a restart of the process helps; empty while all is well
     * @param longestRun the longest that a run may take; counted in looks, because a process that was stopped
     *     meanwhile has not hung
     */
    DeviceWatch(Gate gate, Supplier<Optional<String>> defect, Supplier<Duration> longestRun) {
        this.gate = gate;
        this.defect = defect;
        this.longestRun = longestRun;
    }

    /** Looks once; called each {@link #PERIOD}. */
    @Override
    public void run() {
        defect.get().ifPresent(gate::lose);
        List<OptionalLong> now = gate.progress();
        looks = IntStream.range(0, now.size())
                .mapToObj(lane -> looks(now, lane))
                .toList();
        progress = now;
        Duration seen = PERIOD.multipliedBy(looks.stream().max(Long::compare).orElse(0L));
        if (seen.compareTo(longestRun.get()) > 0) {
            gate.lose("a run has not ended for %d s".formatted(seen.toSeconds()));
        }
    }

    /** The number of looks that have seen a lane at the same run. */
    private long looks(List<OptionalLong> now, int lane) {
        boolean same = lane < progress.size()
                && now.get(lane).isPresent()
                && now.get(lane).equals(progress.get(lane));
        return same ? looks.get(lane) + 1 : 0;
    }
}
