package dev.headroom.serving;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.concurrent.TimeUnit;

/** Meters of the models as they open and close. */
public record ResidencyMeters(ServedModels models) implements MeterBinder {

    /** The beginning of their names, by which they outlive a model's other gauges. */
    static final String PREFIX = "headroom.model.";

    @Override
    public void bindTo(MeterRegistry registry) {
        models.plan().hosted().all().forEach(model -> bind(model, registry));
    }

    private static void bind(HostedModel model, MeterRegistry registry) {
        Tags tags = Tags.of("model", model.name());
        for (ModelState state : ModelState.values()) {
            Gauge.builder(PREFIX + "state", model, it -> it.standing().state() == state ? 1 : 0)
                    .description("1 for the state that the model is in")
                    .tags(tags.and("state", state.toString()))
                    .register(registry);
        }
        Gauge.builder(PREFIX + "held", model, it -> it.footprint().heldBytes())
                .description("Memory of a device that the model holds without a batch")
                .baseUnit("bytes")
                .tags(tags)
                .register(registry);
        FunctionCounter.builder(PREFIX + "evictions", model, HostedModel::evictions)
                .description("How often the model was closed while the service runs")
                .tags(tags)
                .register(registry);
        FunctionTimer.builder(
                        PREFIX + "opening",
                        model,
                        HostedModel::openings,
                        it -> it.openingTime().toNanos(),
                        TimeUnit.NANOSECONDS)
                .description("Openings of the model, and how long they took")
                .tags(tags)
                .register(registry);
    }
}
