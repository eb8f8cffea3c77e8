package dev.headroom.serving;

import dev.headroom.device.Bytes;
import dev.headroom.device.Hardware;
import dev.headroom.measured.LearnedLimits;
import dev.headroom.plan.ModelPlan;
import dev.headroom.plan.PrecisionSetting;
import dev.headroom.plan.ServingDevice;
import dev.headroom.plan.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * All that was found out and derived.
 *
 * @param hardware what was found, and what was passed over and why
 * @param device the device that the models run on
 * @param plans the models' plans, in the order of their names
 * @param calibrations how far each model's calibration is, in the same order
 */
public record PlanReport(
        Hardware hardware, ServingDevice device, List<ModelPlan> plans, List<CalibrationStatus> calibrations) {

    /** What was found, by the name under which {@code GET /plan} shows it. */
    public Map<String, Object> hardwareFound() {
        return Map.of("host", hardware.host(), "gpus", hardware.gpus(), "probe", hardware.findings());
    }

    /** This report with what out-of-memory errors have taught of each model. */
    public PlanReport learned(List<Optional<LearnedLimits>> limits) {
        List<ModelPlan> learned = new ArrayList<>();
        for (int i = 0; i < plans.size(); i++) {
            ModelPlan planned = plans.get(i);
            learned.add(limits.get(i)
                    .map(known -> new ModelPlan(planned.model(), planned.plan().learned(known)))
                    .orElse(planned));
        }
        return new PlanReport(hardware, device, learned, calibrations);
    }

    /** This report while so many devices serve. */
    public PlanReport serving(int devices) {
        return new PlanReport(hardware, device.counted(devices), plans, calibrations);
    }

    /** The calibration of the model at this place among the plans. */
    public CalibrationReport calibration(int index) {
        return CalibrationReport.of(
                calibrations.get(index), plans.get(index).model().calibration());
    }

    /** The report as the start log prints it. */
    public String text() {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("device", device.gpu() ? "GPU" : "CPU", "", deviceText()));
        hardware.findings()
                .forEach(finding -> rows.add(List.of(
                        "probe " + finding.source(),
                        finding.answer().name().toLowerCase(Locale.ROOT).replace('_', ' '),
                        finding.took().toMillis() + " ms",
                        finding.reason())));
        StringBuilder text = new StringBuilder("What this process woke up on").append(new Table(rows).text());
        for (int i = 0; i < plans.size(); i++) {
            text.append(System.lineSeparator()).append(modelText(i));
        }
        return text.toString();
    }

    private String deviceText() {
        return "%s: %s total, %s free. %s"
                .formatted(
                        device.name(),
                        Bytes.text(device.totalBytes()),
                        Bytes.text(device.freeBytes()),
                        device.reason());
    }

    /** One model's plan as the log prints it. */
    public String modelText(int index) {
        ModelPlan planned = plans.get(index);
        PrecisionSetting precision = planned.model().precision();
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of(
                "precision",
                precision.value().toString(),
                precision.source().toString(),
                "%s: %s".formatted(precision.file(), precision.reason())));
        planned.plan()
                .settings()
                .forEach((name, setting) ->
                        rows.add(List.of(name, setting.text(), setting.source().toString(), setting.reason())));
        CalibrationReport calibration = calibration(index);
        return "Model %s, calibration %s%s%s"
                .formatted(planned.model().name(), calibration.status(), new Table(rows).text(), calibration.text());
    }
}
