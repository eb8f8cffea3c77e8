package dev.headroom.plan;

import dev.headroom.measured.Calibration;
import dev.headroom.measured.Sample;
import dev.headroom.measured.SeriesEnd.Reason;
import java.util.Optional;

/**
 * Plans the growth of a batch under load, where time or other work on the machine ended the calibration: then nothing tells
 * that a larger batch would not pay. The batch begins at the knee of the batches that were measured, or where growth had got
 * to before.
 */
record GrowthPlanner(Calibration measured) {

    /** As many as a calibration measures. */
    private static final int MOST_ITEMS = 4096;

    /** The most items of a batch, given those that follow from the knee. */
    Setting batch(Setting knee) {
        if (measured.grown().isPresent()) {
            Sample ran = measured.grown().get().ran();
            String reason = "grown under load: %d rows of %d elements ran at %.1f items/s"
                    .formatted(ran.batch(), ran.length(), ran.itemsPerSecond());
            return new Setting(measured.grown().get().items(), knee.unit(), Source.CALIBRATED, reason);
        }
        String reason = "%s; %s ended the measuring, so that it grows under load"
                .formatted(knee.reason(), (measured.provisional() ? Reason.DISTURBED : Reason.TIME).text());
        return measured.endedEarly() ? new Setting(knee.value(), knee.unit(), knee.source(), reason) : knee;
    }

    /**
     * The most padded elements of a batch: as many for each item as follow from the knees.
     *
     * @param knee elements that follow from the knee
     * @param kneeItems items that follow from the knee
     */
    Setting elements(Setting knee, long kneeItems) {
        return measured.grown()
                .map(grown -> new Setting(
                        Math.max(1, knee.value() * grown.items() / kneeItems),
                        knee.unit(),
                        Source.CALIBRATED,
                        "grown under load like batch, from %d; %s".formatted(knee.value(), knee.reason())))
                .orElse(knee);
    }

    /**
     * How far the batch goes on growing; empty where throughput or memory had ended the calibration, or the operator set
     * the batch.
     *
     * @param mostElements padded elements that no batch may exceed
     */
    Optional<GrowthRoom> room(Setting batch, long mostElements) {
        if (!measured.endedEarly() || batch.source() == Source.SET) {
            return Optional.empty();
        }
        return Optional.of(new GrowthRoom((int) Math.max(MOST_ITEMS, batch.value()), mostElements, measured.grown()));
    }
}
