package dev.headroom.plan;

import dev.headroom.measured.Calibration;
import dev.headroom.settings.Configs;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Real plans with the limits that a test wants. */
public final class Plans {

    private static final ServingDevice CPU = new ServingDevice(false, "CPU", "", 4L << 30, 4L << 30, "test");

    /** That of a model whose folder has one file. */
    public static final PrecisionSetting PRECISION =
            new PrecisionSetting(Precision.FULL, "model.onnx", Source.DEFAULT, "test");

    private Plans() {}

    /** A plan from settings in pairs of name and value, for a model of which nothing is known. */
    public static Plan of(String... namesAndValues) {
        return of(Optional.empty(), namesAndValues);
    }

    /** A plan for a model whose longest row has 256 elements. */
    public static Plan of(Optional<Calibration> calibration, String... namesAndValues) {
        ModelDemand model =
                new ModelDemand("m", PRECISION, 1, 256, 100, Optional.empty(), OptionalInt.empty(), false, calibration);
        return new Planner(CPU, new Planner.Host(2, 1L << 30), Configs.of(namesAndValues))
                .plan(List.of(model))
                .getFirst()
                .plan();
    }

    /** A plan with these limits in items and padded elements. */
    public static Plan of(int items, long elements) {
        return of("headroom.batch.max-items", "" + items, "headroom.batch.max-elements", "" + elements);
    }
}
