package dev.headroom.serving;

import dev.headroom.device.Finding;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.function.Supplier;

/**
 * Meters of the devices: how many serve, how busy each is, and which sources told about the hardware. Where there are
 * several devices, each goes by its number.
 */
public record DeviceMeters(ServedModels models) implements MeterBinder {

    @Override
    public void bindTo(MeterRegistry registry) {
        count(registry, "serving", this::serving);
        count(registry, "lost", () -> models.devices().all().size() - serving());
        models.devices().all().forEach(device -> busy(registry, device));
        PlanReport report = models.report();
        report.hardware()
                .findings()
                .forEach(finding -> probe(registry, finding, report.device().name()));
    }

    private long serving() {
        return models.devices().gates().serving().size();
    }

    private static void count(MeterRegistry registry, String state, Supplier<Number> devices) {
        Gauge.builder("headroom.devices", devices)
                .description("Devices that serve, and those that are lost until the process is restarted")
                .tags("state", state)
                .register(registry);
    }

    private void busy(MeterRegistry registry, ServedDevice device) {
        FunctionCounter.builder(
                        "headroom.device.busy", device, it -> it.gate().busy().toNanos() / 1e9)
                .description("Time that batches have run, in all lanes together; a batch on all cores counts for each")
                .baseUnit("seconds")
                .tags(models.devices().all().size() == 1 ? Tags.empty() : Tags.of("device", device.number()))
                .register(registry);
    }

    private static void probe(MeterRegistry registry, Finding finding, String device) {
        String answer = finding.answer() == Finding.Answer.USED ? "used" : "passed_over";
        Gauge.builder("headroom.probe.info", () -> 1)
                .description("Which sources told about the hardware")
                .tags("source", finding.source(), "answer", answer, "device", device)
                .register(registry);
    }
}
