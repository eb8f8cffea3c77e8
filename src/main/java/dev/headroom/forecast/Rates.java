package dev.headroom.forecast;

import dev.headroom.plan.ModelDemand;
import dev.headroom.plan.Source;
import java.time.ZoneOffset;
import java.util.List;
import java.util.OptionalDouble;

/**
 * What the operator says of a device.
 *
 * @param pricePerHour in any currency; empty: no cost is asked for
 * @param itemsPerSecond what it answers while it is always busy; empty: as it was measured there
 */
public record Rates(OptionalDouble pricePerHour, OptionalDouble itemsPerSecond) {

    /** Nothing is said. */
    static final Rates NONE = new Rates(OptionalDouble.empty(), OptionalDouble.empty());

    /**
     * What a model's items cost: where its throughput was measured, the short ones first and then the longest. Empty where no price is given or no throughput is known: none is made up.
     */
    List<Cost> costs(ModelDemand model) {
        if (pricePerHour.isEmpty()) {
            return List.of();
        }
        double price = pricePerHour.getAsDouble();
        if (itemsPerSecond.isPresent()) {
            return List.of(Cost.of(price, itemsPerSecond.getAsDouble(), Source.SET, "set by --throughput"));
        }
        return model.calibration().stream()
                .flatMap(measured -> measured.knees().stream()
                        .map(knee -> Cost.of(
                                price,
                                knee.itemsPerSecond(),
                                Source.CALIBRATED,
                                "measured on %s: items of %d elements in batches of %d"
                                        .formatted(
                                                measured.at()
                                                        .atZone(ZoneOffset.UTC)
                                                        .toLocalDate(),
                                                knee.length(),
                                                knee.batch()))))
                .toList();
    }
}
