package dev.headroom.plan;

import dev.headroom.device.Bytes;
import dev.headroom.measured.Calibration;
import dev.headroom.settings.PlanRefusedException;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;

/**
 * Derives how many batches run on the device at a time, and on how many cores each. On a CPU one batch on each core is usually
 * faster than one batch after the other on all cores: with several threads, every node of the graph waits for the slowest. A batch
 * that is alone is faster on all cores.
 *
 * @param set the lanes that the operator set
 * @param kept the lanes that are kept while models open and close
 */
record LanePlanner(ServingDevice device, int cores, OptionalInt set, OptionalInt kept) {

    private static final int MOST_LANES_OF_A_CORE = 8;

    /** The largest share of the memory that a second session, for lone batches, may take. */
    private static final double LITTLE_MEMORY = 0.125;

    /** The number of lanes: the least that any model of the device wants. */
    Setting lanes(List<BatchPlanner> models) {
        Setting derived = kept.isPresent()
                ? lanes(kept.getAsInt(), Source.DEFAULT, "as many as before models came or went")
                : models.stream()
                        .map(this::lanes)
                        .min(Comparator.comparingLong(Setting::value))
                        .orElseThrow();
        if (set.orElse(0) > MOST_LANES_OF_A_CORE * cores) {
            throw new PlanRefusedException(
                    "headroom.lanes is %d: more than %d for each of the %d cores only take memory; set it lower, or leave it out to have it derived."
                            .formatted(set.getAsInt(), MOST_LANES_OF_A_CORE, cores));
        }
        return derived.overriddenBy("headroom.lanes", set);
    }

    private Setting lanes(BatchPlanner model) {
        if (device.gpu()) {
            return lanes(1, Source.DEFAULT, "one thread makes every call to a GPU");
        }
        if (!model.room().carries(cores)) {
            return lanes(1, Source.DEFAULT, "the memory does not hold one of the longest items for each of the cores");
        }
        return model.model()
                .calibration()
                .flatMap(Calibration::lanes)
                .filter(trial -> trial.lanes() == cores)
                .map(trial -> lanes(trial.lanesGain() ? cores : 1, Source.CALIBRATED, trial.reason()))
                .orElseGet(() -> lanes(cores, Source.DEFAULT, "one for each core until that has been measured"));
    }

    private static Setting lanes(int lanes, Source source, String reason) {
        return new Setting(lanes, "batches", source, reason);
    }

    /** The threads that a session may use, the threads of the lanes included. */
    Setting threads(Setting lanes) {
        long rest = Math.max(0, cores - lanes.value());
        return device.gpu()
                ? new Setting(1, "threads", Source.DEFAULT, "the GPU does the work")
                : new Setting(1 + rest, "threads", Source.DEFAULT, "cores %d - lanes + 1".formatted(cores));
    }

    /** The most items of a batch that runs on all cores while nothing else runs; 0 where no session exists for that. */
    Setting alone(Setting lanes, BatchPlanner model) {
        if (device.gpu() || lanes.value() == 1 || cores == 1) {
            return alone(0, Source.DEFAULT, "a batch has the whole device");
        }
        long second = model.model().weightBytes();
        if (second > LITTLE_MEMORY * model.budget().availableBytes()) {
            return alone(
                    0,
                    Source.DEFAULT,
                    "a second session, with all cores for a lone batch, would take %s of %s"
                            .formatted(
                                    Bytes.text(second),
                                    Bytes.text(model.budget().availableBytes())));
        }
        return model.model()
                .calibration()
                .flatMap(Calibration::lanes)
                .filter(trial -> trial.lanes() == lanes.value())
                .map(trial -> alone(trial.mostAlone(), Source.CALIBRATED, trial.aloneReason()))
                .orElseGet(() -> alone(1, Source.DEFAULT, "a lone item has all cores, until that has been measured"));
    }

    private static Setting alone(long items, Source source, String reason) {
        return new Setting(items, "items", source, reason);
    }
}
