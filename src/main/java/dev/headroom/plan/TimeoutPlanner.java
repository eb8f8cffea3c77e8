package dev.headroom.plan;

import java.time.Duration;
import java.util.Optional;

/**
 * Derives how long one batch may take. That is generous until the model is measured, and after that because the machine may be
 * busier than it was.
 *
 * @param set the time-out that the operator set
 */
record TimeoutPlanner(Optional<Duration> set) {

    /** The time-out while the model is not measured. */
    private static final long UNMEASURED_MILLIS = 60_000;

    /** The least time-out once the model is measured. */
    private static final long LEAST_MILLIS = 10_000;

    private static final long LONGEST_MILLIS = Duration.ofDays(1).toMillis();

    /** The time-out of a batch of so many items. */
    Setting timeout(ModelDemand model, Setting batch) {
        Setting derived = model.calibration()
                .map(measured -> measured(measured.longestItem().toMillis(), batch.value()))
                .orElseGet(() -> unmeasured(batch.value()));
        return derived.overriddenBy("headroom.timeout", set);
    }

    private static Setting unmeasured(long batch) {
        return Setting.derived(
                Math.clamp(100 * batch, UNMEASURED_MILLIS, LONGEST_MILLIS),
                "ms",
                "nothing is measured yet: 60 s, or 0.1 s x batch where that is more");
    }

    private static Setting measured(long longestItemMillis, long batch) {
        String measured = "4 x batch x what one of the longest items took, %d ms".formatted(longestItemMillis);
        long millis = Math.min(LONGEST_MILLIS, 4 * batch * longestItemMillis);
        return millis > LEAST_MILLIS
                ? new Setting(millis, "ms", Source.CALIBRATED, measured)
                : Setting.derived(LEAST_MILLIS, "ms", measured + ", is less than a busy machine may need: 10 s");
    }
}
