package dev.headroom.serving;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.List;
import java.util.function.Supplier;

/** How many devices serve, and how busy they are; where there are several, each by its number. */
public record DeviceMeters(List<ServedDevice> devices) implements MeterBinder {

    @Override
    public void bindTo(MeterRegistry registry) {
        count(registry, "serving", this::serving);
        count(registry, "lost", () -> devices.size() - serving());
        devices.forEach(device -> busy(registry, device));
    }

    private long serving() {
        return devices.stream().filter(device -> device.gate().lost().isEmpty()).count();
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
                .tags(devices.size() == 1 ? Tags.empty() : Tags.of("device", device.number()))
                .register(registry);
    }
}
