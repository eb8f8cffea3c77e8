package dev.headroom.serving;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

/** A model's plan in force as meters. */
record PlanMeters(ServedModel model) implements MeterBinder {

    @Override
    public void bindTo(MeterRegistry registry) {
        model.plan()
                .settings()
                .forEach((name, setting) -> Gauge.builder("headroom.plan", () -> value(name))
                        .description("The numbers in force, as GET /plan explains them")
                        .tags("model", model.name(), "setting", name, "unit", setting.unit())
                        .register(registry));
    }

    private long value(String setting) {
        return model.report().planned().plan().settings().get(setting).value();
    }
}
