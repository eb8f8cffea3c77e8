package dev.headroom.plan;

import dev.headroom.measured.Calibration;
import dev.headroom.measured.Sample;

/**
 * Derives the largest batch of a measured model: the knee, which is the smallest batch that ran as fast as any, or what it has
 * grown to under load since.
 */
record KneePlanner(ServingDevice device, ModelDemand model, Calibration measured) {

    /**
     * Four pages of text, half of the unmeasured plan. A measurement on a shared processor can be worse than none, and a batch
     * of this size costs little.
     */
    private static final long LEAST_CPU_ELEMENTS = 1024;

    /**
     * Only two lengths are measured, and rows of another length may gain from larger batches. {@link BatchPlanner#memory} bounds
     * the memory.
     */
    private static final int MARGIN = 2;

    /** The most items. */
    Setting batch() {
        return new GrowthPlanner(measured).batch(knee());
    }

    /** The most padded elements. */
    Setting elements() {
        Setting elements = new GrowthPlanner(measured).elements(kneeInElements(), knee().value());
        return elements.value() >= leastElements() ? elements : least();
    }

    private Setting knee() {
        Sample knee = measured.kneeOfShortRows();
        long pays = margin() * knee.batch();
        return device.gpu() || pays >= BatchPlanner.UNMEASURED_CPU_BATCH
                ? calibrated(pays, "items", knee, "shorter ones gain longer")
                : new Setting(
                        BatchPlanner.UNMEASURED_CPU_BATCH,
                        "items",
                        Source.CALIBRATED,
                        "measured to gain little, and to cost little");
    }

    private Setting kneeInElements() {
        Sample knee = measured.kneeInElements();
        long elements = margin() * knee.elements();
        return elements >= leastElements()
                ? calibrated(elements, "elements", knee, "rows of other lengths gain longer")
                : least();
    }

    /** Plans no larger batch than has run where nothing predicts its memory. */
    private int margin() {
        return model.memory().isPresent() ? MARGIN : 1;
    }

    private Setting calibrated(long value, String unit, Sample knee, String why) {
        String ran = "%d rows of %d elements ran at %.0f items/s, as fast as any"
                .formatted(knee.batch(), knee.length(), knee.itemsPerSecond());
        String reason = margin() == 1 ? ran : "%s; %d x that, because %s".formatted(ran, margin(), why);
        return new Setting(value, unit, Source.CALIBRATED, reason);
    }

    private long leastElements() {
        return Math.max(model.elementsPerItem(), device.gpu() ? 1 : LEAST_CPU_ELEMENTS);
    }

    private Setting least() {
        return new Setting(
                leastElements(),
                "elements",
                Source.CALIBRATED,
                "measured to gain little, and to cost little; one item has up to %d"
                        .formatted(model.elementsPerItem()));
    }
}
