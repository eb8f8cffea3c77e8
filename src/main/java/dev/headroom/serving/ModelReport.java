package dev.headroom.serving;

import dev.headroom.measured.LearnedLimits;
import dev.headroom.model.HubOrigin;
import dev.headroom.plan.ModelPlan;
import dev.headroom.plan.Plan;
import dev.headroom.plan.PrecisionSetting;
import dev.headroom.plan.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A model's plan and calibration, as {@code GET /plan} and the log show them.
 *
 * @param names the names under which requests ask for it, its folder's first
 * @param planned its plan, with the model's demand that it follows from
 * @param status the state of its calibration
 * @param unlike its plans for the devices that differ from the one that the plan is for, by the devices' numbers
 * @param remarks sentences on all that was taken where the model's folder does not decide
 * @param origin the place on the Hub that the model comes from; empty for a folder of the operator's
 */
public record ModelReport(
        List<String> names,
        ModelPlan planned,
        CalibrationStatus status,
        Map<Integer, Plan> unlike,
        List<String> remarks,
        Optional<HubOrigin> origin) {

    /** A model whose plan is for all devices, and whose folder decides everything. */
    ModelReport(List<String> names, ModelPlan planned, CalibrationStatus status) {
        this(names, planned, status, Map.of(), List.of(), Optional.empty());
    }

    /** The model's name. */
    public String name() {
        return planned.model().name();
    }

    /** This report with what out-of-memory errors have taught. */
    ModelReport learned(LearnedLimits limits) {
        return new ModelReport(
                names, new ModelPlan(planned.model(), planned.plan().learned(limits)), status, unlike, remarks, origin);
    }

    /** The model's calibration. */
    public CalibrationReport calibration() {
        return CalibrationReport.of(status, planned.model().calibration());
    }

    /** The report as the log prints it. */
    String text() {
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
        unlike.forEach((number, plan) -> rows.add(List.of(
                "on device " + number,
                plan.batch().text(),
                plan.batch().source().toString(),
                "a device that differs; %s of memory: %s"
                        .formatted(plan.memory().text(), plan.memory().reason()))));
        remarks.forEach(remark -> rows.add(List.of("remark", "", "", remark)));
        return "Model %s%s, calibration %s%s%s"
                .formatted(
                        name(),
                        asked(),
                        status,
                        new Table(rows).text(),
                        calibration().text());
    }

    /** The names under which requests ask for it, unless its own is the only one. */
    private String asked() {
        return names.equals(List.of(name())) ? "" : ", asked for as " + String.join(" or ", names);
    }
}
