package dev.headroom.plan;

import dev.headroom.device.Finding;
import dev.headroom.device.GpuMemory;
import dev.headroom.device.Host;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.function.ToDoubleFunction;

/** The plan and the device's memory as meters. */
public record PlanMeters(PlanReport report) implements MeterBinder {

    @Override
    public void bindTo(MeterRegistry registry) {
        memory(registry, "total", ServingDevice::totalBytes);
        memory(registry, "free", device -> freeBytes());
        report.plans().forEach(planned -> settings(registry, planned));
        report.hardware().findings().forEach(finding -> probe(registry, finding));
    }

    private static void settings(MeterRegistry registry, ModelPlan planned) {
        planned.plan()
                .settings()
                .forEach((name, setting) -> Gauge.builder("headroom.plan", setting, Setting::value)
                        .description("The numbers in force, as GET /plan explains them")
                        .tags("model", planned.model().name(), "setting", name, "unit", setting.unit())
                        .strongReference(true)
                        .register(registry));
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
                        report.device().name())
                .register(registry);
    }

    private void memory(MeterRegistry registry, String kind, ToDoubleFunction<ServingDevice> bytes) {
        Gauge.builder("headroom.device.memory", report.device(), bytes)
                .description("Memory of the device that the models run on")
                .baseUnit("bytes")
                .tags("kind", kind)
                .strongReference(true)
                .register(registry);
    }

    /** Free memory now; for a GPU that cannot be read any more, what was free at the start. */
    private double freeBytes() {
        ServingDevice device = report.device();
        if (!device.gpu()) {
            return Host.read().freeBytes();
        }
        return report.hardware().gpus().stream()
                .findFirst()
                .flatMap(GpuMemory::of)
                .map(GpuMemory::freeBytes)
                .orElse(device.freeBytes());
    }
}
