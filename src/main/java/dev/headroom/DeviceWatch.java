package dev.headroom;

import dev.headroom.batch.Gate;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

/**
 * Looks several times a second whether the device is still served: a thread that has ended, or a run that never ends,
 * would leave callers waiting for ever.
 */
final class DeviceWatch implements Runnable {

    static final Duration PERIOD = Duration.ofMillis(250);

    private final Gate gate;
    private final Supplier<Optional<String>> defect;
    private final Supplier<Duration> longestRun;
    private OptionalLong progress = OptionalLong.empty();
    private long looks;

    /**
     * A watch.
     *
     * @param gate the way to the device, which it declares lost
     * @param defect why only a restart of the process helps; empty while all is well
     * @param longestRun how long a run may take; counted in looks, because a process that was stopped meanwhile has not
     *     hung
     */
    DeviceWatch(Gate gate, Supplier<Optional<String>> defect, Supplier<Duration> longestRun) {
        this.gate = gate;
        this.defect = defect;
        this.longestRun = longestRun;
    }

    /** One look; there is one each {@link #PERIOD}. */
    @Override
    public void run() {
        defect.get().ifPresent(gate::lose);
        OptionalLong now = gate.progress();
        looks = now.isPresent() && now.equals(progress) ? looks + 1 : 0;
        progress = now;
        Duration seen = PERIOD.multipliedBy(looks);
        if (seen.compareTo(longestRun.get()) > 0) {
            gate.lose("a run has not ended for %d s".formatted(seen.toSeconds()));
        }
    }
}
