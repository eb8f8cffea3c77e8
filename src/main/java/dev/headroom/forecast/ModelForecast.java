package dev.headroom.forecast;

import dev.headroom.measured.MemoryProfile;
import dev.headroom.plan.ModelPlan;
import dev.headroom.plan.Setting;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.LongStream;

/**
 * The forecast for one model on a device.
 *
 * @param planned the plan of the model on the device
 * @param predictedBytes predicted bytes of the largest batch and all models; empty where nothing is known of the
 *     model's memory
 * @param share the same as a share of the device's memory, or of headroom.memory.limit where that is less; 0 where
 *     nothing is known
 */
public record ModelForecast(ModelPlan planned, OptionalLong predictedBytes, double share) {

    /**
     * @param totalBytes the device's memory, or the limit that was set where that is less
     * @param othersBytes bytes of the other models on it
     */
    static ModelForecast of(ModelPlan planned, long totalBytes, long othersBytes) {
        return planned.plan()
                .profile()
                .map(profile -> othersBytes + largestBatchBytes(planned, profile))
                .map(bytes -> new ModelForecast(planned, OptionalLong.of(bytes), (double) bytes / totalBytes))
                .orElseGet(() -> new ModelForecast(planned, OptionalLong.empty(), 0));
    }

    /** The most bytes over all batches that the plan allows, one in each lane: many short rows or few long ones. */
    private static long largestBatchBytes(ModelPlan planned, MemoryProfile profile) {
        return LongStream.rangeClosed(1, planned.plan().batch().value())
                .map(rows -> profile.bytes(rows * planned.plan().lanes().value(), longestRow(planned, rows)))
                .max()
                .orElseThrow();
    }

    /** The longest rows of which so many may share a batch; 0 where none may. A lone item always runs. */
    private static long longestRow(ModelPlan planned, long rows) {
        long allowed = 0;
        long refused = planned.model().elementsPerItem() + 1;
        if (rows == 1) {
            return refused - 1;
        }
        while (refused - allowed > 1) {
            long middle = (allowed + refused) >>> 1;
            if (planned.plan().allows(rows, middle)) {
                allowed = middle;
            } else {
                refused = middle;
            }
        }
        return allowed;
    }

    /** Tells how well the device suits the model. */
    public Fit fit() {
        return predictedBytes.isEmpty() ? Fit.UNKNOWN : Fit.of(share);
    }

    /** A remark on a device that does not suit the model, with the remedy. */
    Optional<String> warning() {
        return switch (fit()) {
            case OK -> Optional.empty();
            case UNDER_USED ->
                Optional.of("The largest batch is predicted to take less than 60 %% of the device: %s."
                        .formatted(whyNotMore()));
            case AT_RISK ->
                Optional.of("The largest batch is predicted to take more than 90 % of the device: expect out-of-memory"
                        + " errors. Lower headroom.batch.max-items or headroom.memory.target, or use a device with more"
                        + " memory.");
            case UNKNOWN ->
                Optional.of("Nothing is known of the model's memory, so the batch follows from the device's size alone."
                        + " Declare the memory in model.yaml, or let a start on the device measure it.");
        };
    }

    private String whyNotMore() {
        Setting batch = planned.plan().batch();
        return switch (batch.source()) {
            case SET ->
                "a batch of %d is %s; raise it, or use a smaller device".formatted(batch.value(), batch.reason());
            case DECLARED ->
                "twice the batch would not fit into the target; set headroom.batch.max-items in between to use more";
            case DEFAULT ->
                "no batch is above %d until a start there has measured that more pays; a smaller device may do, or this one has room for more models"
                        .formatted(batch.value());
            case CALIBRATED, LEARNED, TIER -> batch.reason();
        };
    }
}
