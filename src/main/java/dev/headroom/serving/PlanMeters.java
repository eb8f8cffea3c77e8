package dev.headroom.serving;

import dev.headroom.device.Finding;
import dev.headroom.plan.ModelPlan;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.function.Supplier;

/** The plan in force as meters. */
public record PlanMeters(Supplier<PlanReport> report) implements MeterBinder {

    @Override
    public void bindTo(MeterRegistry registry) {
        PlanReport first = report.get();
        for (int i = 0; i < first.plans().size(); i++) {
            settings(registry, i);
        }
        first.hardware().findings().forEach(finding -> probe(registry, finding));
    }

    private void settings(MeterRegistry registry, int index) {
        ModelPlan planned = report.get().plans().get(index);
        planned.plan()
                .settings()
                .forEach((name, setting) -> Gauge.builder("headroom.plan", () -> value(index, name))
                        .description("The numbers in force, as GET /plan explains them")
                        .tags("model", planned.model().name(), "setting", name, "unit", setting.unit())
                        .register(registry));
    }

    private long value(int index, String setting) {
        return report.get().plans().get(index).plan().settings().get(setting).value();
    }

    private void probe(MeterRegistry registry, Finding finding) {
        String answer = finding.answer() == Finding.Answer.USED ? "used" : "passed_over";
        Gauge.builder("headroom.probe.info", () -> 1)
                .description("Which sources told about the hardware")
                .tags(
                        "source",
                        finding.source(),
                        "answer",
                        answer,
                        "device",
                        report.get().device().name())
                .register(registry);
    }
}
