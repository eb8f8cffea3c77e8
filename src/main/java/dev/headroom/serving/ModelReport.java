package dev.headroom.serving;

import dev.headroom.measured.LearnedLimits;
import dev.headroom.plan.ModelPlan;
import dev.headroom.plan.PrecisionSetting;
import dev.headroom.plan.Table;
import java.util.ArrayList;
import java.util.List;

/**
 * A model's plan and calibration, as {@code GET /plan} and the log show them.
 *
 * @param planned its plan, with the model's demand that it follows from
 * @param status the state of its calibration
 */
public record ModelReport(ModelPlan planned, CalibrationStatus status) {

    /** The model's name. */
    public String name() {
        return planned.model().name();
    }

    /** This report with what out-of-memory errors have taught. */
    ModelReport learned(LearnedLimits limits) {
        return new ModelReport(new ModelPlan(planned.model(), planned.plan().learned(limits)), status);
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
        return "Model %s, calibration %s%s%s"
                .formatted(name(), status, new Table(rows).text(), calibration().text());
    }
}
