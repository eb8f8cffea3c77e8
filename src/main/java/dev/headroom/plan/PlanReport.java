package dev.headroom.plan;

import dev.headroom.device.Hardware;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * All that was found out and derived before the models were opened.
 *
 * @param hardware what was found, and what was passed over and why
 * @param device the device that the models run on
 * @param plans the models' plans, in the order of their names
 */
public record PlanReport(Hardware hardware, ServingDevice device, List<ModelPlan> plans) {

    /** What was found, by the name under which {@code GET /plan} shows it. */
    public Map<String, Object> hardwareFound() {
        return Map.of("host", hardware.host(), "gpus", hardware.gpus(), "probe", hardware.findings());
    }

    /** The report as the start log prints it. */
    public String text() {
        StringBuilder text = new StringBuilder("Plan for %s: %s total, %s free. %s"
                .formatted(
                        device.name(),
                        Bytes.text(device.totalBytes()),
                        Bytes.text(device.freeBytes()),
                        device.reason()));
        hardware.findings()
                .forEach(finding -> text.append("%n  probe %-10s %-11s %4d ms  %s"
                        .formatted(
                                finding.source(),
                                finding.answer().name().toLowerCase(Locale.ROOT).replace('_', ' '),
                                finding.took().toMillis(),
                                finding.reason())));
        plans.forEach(
                planned -> text.append("%n  model %s".formatted(planned.model().name()))
                        .append(planned.plan().table()));
        return text.toString();
    }
}
