package dev.headroom.forecast;

import dev.headroom.measured.Calibration;
import dev.headroom.measured.Sample;
import dev.headroom.plan.ModelDemand;
import dev.headroom.plan.Source;
import java.time.ZoneOffset;
import java.util.List;
import java.util.OptionalDouble;

/**
 * The price and throughput that the operator gives for a device.
 *
 * @param pricePerHour in any currency; empty where no cost is wanted
 * @param itemsPerSecond the throughput of the busy device; empty where the measured one is wanted
 */
public record Rates(OptionalDouble pricePerHour, OptionalDouble itemsPerSecond) {

    /** No price and no throughput. */
    static final Rates NONE = new Rates(OptionalDouble.empty(), OptionalDouble.empty());

    /**
     * The cost of a model's items, the shortest first. Empty where no price is given or no throughput is known; no throughput is
     * ever guessed.
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
                .flatMap(measured -> ran(measured).stream()
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

    /** The batches whose throughput counts: the one that was grown under load, or else those at the knees. */
    private static List<Sample> ran(Calibration measured) {
        return measured.grown().map(grown -> List.of(grown.ran())).orElseGet(measured::knees);
    }
}
