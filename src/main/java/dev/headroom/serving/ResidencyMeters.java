package dev.headroom.serving;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.concurrent.TimeUnit;

/** Meters of the models as they open and close. */
public record ResidencyMeters(ServedModels models) implements MeterBinder {

    /** The beginning of their names, by which they outlive a model's other gauges. */
    private static final String PREFIX = "headroom.model.";

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
        FunctionCounter.builder(PREFIX + "evictions", model, it -> it.counters().evictions())
                .description("How often the model was closed while the service runs")
                .tags(tags)
                .register(registry);
        FunctionTimer.builder(
                        PREFIX + "opening",
                        model,
                        it -> it.counters().openings(),
                        it -> it.counters().openingTime().toNanos(),
                        TimeUnit.NANOSECONDS)
                .description("Openings of the model, and how long they took")
                .tags(tags)
                .register(registry);
    }

    /** Removes a graph's other gauges, because it is closed. Its counters stay, and go on when it is opened again. */
    static void removeOthers(ServedModel graph, MeterRegistry registry) {
        registry.getMeters().stream()
                .filter(meter -> graph.name().equals(meter.getId().getTag("model")))
                .filter(meter -> meter.getId().getType() == Meter.Type.GAUGE
                        && !meter.getId().getName().startsWith(PREFIX))
                .forEach(registry::remove);
    }
}
