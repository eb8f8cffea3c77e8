package dev.headroom.plan;

import dev.headroom.device.Bytes;
import dev.headroom.measured.Calibration;
import dev.headroom.measured.MemoryProfile;
import dev.headroom.settings.HeadroomConfig;

/**
 * Derives what limits one model's batches: items, padded elements, memory and the wait for others.
 *
 * @param budget the memory that is there for this model
 */
record BatchPlanner(ServingDevice device, MemoryBudget budget, HeadroomConfig config, ModelDemand model) {

    /** Until a measurement has shown that more pays, no GPU batch is larger than the largest tier's. */
    private static final int UNMEASURED_GPU_BATCH = BatchTier.GB_80.batch;

    /** A CPU gains little beyond this: see "Batch size on a CPU" in docs/benchmarks.md. */
    static final int UNMEASURED_CPU_BATCH = 8;

    /** A run of a small model costs about as much as this many of its tokens: see docs/benchmarks.md. */
    private static final long UNMEASURED_CPU_RUN = 8;

    private static final long UNMEASURED_GPU_RUN = 256;

    private static final long DEFAULT_WINDOW_MILLIS = 10;

    /** Tells whether the model fits. */
    ModelRoom room() {
        return new ModelRoom(device, budget, model);
    }

    /**
     * The most items of a batch in one lane.
     *
     * @param lanes batches that run at a time
     */
    Setting batch(long lanes) {
        return (model.mixesRows() ? alone() : derivedBatch(lanes))
                .overriddenBy("headroom.batch.max-items", config.batch().maxItems())
                .overriddenBy("batch in model.yaml", model.batch());
    }

    private static Setting alone() {
        return new Setting(
                1,
                "items",
                Source.DEFAULT,
                "the graph quantises the activations of a whole batch together (DynamicQuantizeLinear), so that an item's"
                        + " numbers would change with those beside it");
    }

    private Setting derivedBatch(long lanes) {
        return model.calibration()
                .map(measured -> knee(measured).batch())
                .or(() -> model.declared().map(profile -> declaredBatch(profile, lanes)))
                .orElseGet(this::tierBatch);
    }

    private KneePlanner knee(Calibration measured) {
        return new KneePlanner(device, model, measured);
    }

    private Setting declaredBatch(MemoryProfile profile, long lanes) {
        long bytes = ofALane(budget.bytes(), profile.baseBytes(), lanes);
        int fits = Integer.highestOneBit(profile.mostRows(bytes, model.elementsPerItem()));
        String reason = fit(fits, model.elementsPerItem(), profile);
        Setting batch = new Setting(
                Math.max(1, fits),
                "items",
                Source.DECLARED,
                lanes == 1 ? reason : "%s, as often as there are lanes: %d".formatted(reason, lanes));
        return capped(batch);
    }

    /** Bytes for the model and the batch of one lane, where all lanes get equal parts. */
    private static long ofALane(long bytes, long baseBytes, long lanes) {
        long base = Math.min(bytes, baseBytes);
        return base + (bytes - base) / lanes;
    }

    private String fit(int rows, long length, MemoryProfile profile) {
        if (rows == 0) {
            return "one item of %d elements takes %s, more than %s: the risk of running out of memory is high"
                    .formatted(length, Bytes.text(profile.bytes(1, length)), budget.reason());
        }
        return "%d x %s + %s fit into %s"
                .formatted(
                        rows,
                        Bytes.text(profile.batchBytes(1, length)),
                        Bytes.text(profile.baseBytes()),
                        budget.reason());
    }

    private Setting tierBatch() {
        BatchTier tier = BatchTier.of(budget.totalBytes());
        String size = tier == BatchTier.SMALLER
                ? "less than %d GB".formatted(BatchTier.GB_24.gigabytes)
                : "at least %d GB".formatted(tier.gigabytes);
        String reason = "the model's folder declares no memory, and %s of %s count as %s"
                .formatted(Bytes.text(budget.totalBytes()), device.name(), size);
        return capped(new Setting(tier.batch, "items", Source.TIER, reason));
    }

    private Setting capped(Setting fitting) {
        if (fitting.value() <= unmeasured()) {
            return fitting;
        }
        String reason = "not above %d until a %s has been measured to gain from it; %s"
                .formatted(unmeasured(), device.gpu() ? "GPU" : "CPU", fitting.reason());
        return new Setting(unmeasured(), fitting.unit(), Source.DEFAULT, reason);
    }

    private int unmeasured() {
        return device.gpu() ? UNMEASURED_GPU_BATCH : UNMEASURED_CPU_BATCH;
    }

    Setting elements(Setting batch) {
        long longest = model.elementsPerItem();
        Setting derived = model.calibration()
                .filter(measured -> batch.source() != Source.SET)
                .map(measured -> knee(measured).elements())
                .orElse(new Setting(
                        batch.value() * longest,
                        "elements",
                        Source.DEFAULT,
                        "batch x %d, the longest item of %s".formatted(longest, model.name())));
        return derived.overriddenBy(
                "headroom.batch.max-elements", config.batch().maxElements());
    }

    Setting runCost() {
        return model.calibration()
                .map(measured -> new Setting(
                        measured.runCost(),
                        "elements",
                        Source.CALIBRATED,
                        "what a run takes beside its rows; so much padding costs as much as another run"))
                .orElseGet(() -> new Setting(
                        device.gpu() ? UNMEASURED_GPU_RUN : UNMEASURED_CPU_RUN,
                        "elements",
                        Source.DEFAULT,
                        "so much padding is taken to cost as much as another run"));
    }

    /** The most bytes for the model and the batch of one lane. */
    Setting memory(long lanes) {
        Setting all = memory();
        return lanes == 1
                ? all
                : new Setting(
                        ofALane(all.value(), model.baseBytes(), lanes),
                        all.unit(),
                        all.source(),
                        "the model's %s and one of %d parts of what it leaves of %s"
                                .formatted(Bytes.text(model.baseBytes()), lanes, all.reason()));
    }

    private Setting memory() {
        Setting share = model.calibration()
                .map(measured -> new Setting(
                        budget.bytes(measured.baseBytes()),
                        "bytes",
                        Source.CALIBRATED,
                        budget.reason(measured.baseBytes())))
                .orElseGet(() -> new Setting(budget.bytes(), "bytes", source(), budget.reason()));
        String reason = "%s; one item of the greatest length takes %s, and runs alone"
                .formatted(share.reason(), Bytes.text(room().oneItemBytes()));
        return room().oneItemBytes() <= share.value()
                ? share
                : new Setting(share.value(), share.unit(), share.source(), reason);
    }

    private Source source() {
        return budget.available().limited() ? Source.SET : Source.DEFAULT;
    }

    /** The longest wait for further items: never longer than a batch takes, because a wait is repaid by the run that it saves. */
    Setting window() {
        String reason = "the longest wait; a lone item never waits, and no item longer than a batch takes";
        Setting longest = new Setting(DEFAULT_WINDOW_MILLIS, "ms", Source.DEFAULT, reason);
        Setting derived = model.calibration()
                .map(measured -> Math.max(1, measured.kneeOfShortRows().time().toMillis()))
                .filter(millis -> millis < DEFAULT_WINDOW_MILLIS)
                .map(millis -> new Setting(millis, "ms", Source.CALIBRATED, "as long as a batch took"))
                .orElse(longest);
        return derived.overriddenBy("headroom.batch.max-window", config.batch().maxWindow());
    }
}
