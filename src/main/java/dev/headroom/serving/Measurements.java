package dev.headroom.serving;

import dev.headroom.measured.Calibration;
import dev.headroom.measured.GrownBatch;
import dev.headroom.measured.Opening;
import dev.headroom.plan.ModelDemand;
import dev.headroom.plan.Planner;
import dev.headroom.session.RunFailedException;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Takes what is measured of the models into the plan in force, and keeps it for the next start. Any thread may call; it
 * waits for no device.
 *
 * @param state the folder that keeps it
 * @param unlike the plans of the devices that differ from the one that the models' plans are for
 */
record Measurements(LivePlan plan, StateFolder state, UnlikePlans unlike) {

    private static final Logger LOG = Logger.getLogger("dev.headroom");

    /** True if this device differs from the one that the models' plans are for. */
    boolean isUnlike(DeviceAccess device) {
        return unlike.planner(device.number()).isPresent();
    }

    /** True if a model is still to be measured on this device, or on one like it. */
    boolean pending(ServedModel model, DeviceAccess device) {
        return isUnlike(device)
                ? model.status() != CalibrationStatus.OFF && unlike.unmeasured(model, device.number())
                : model.status() == CalibrationStatus.PENDING;
    }

    /** Plans anew for a device, and for those like it, with what was measured of a model there. */
    void measured(ServedModel model, DeviceAccess device, Calibration calibration) {
        if (isUnlike(device)) {
            plan.calibrateUnlike(model, device, calibration);
        } else {
            measured(model, calibration);
        }
    }

    /** The same on the device that the models' plans are for. */
    void measured(ServedModel model, Calibration calibration) {
        boolean planned = plan.calibrate(model, calibration);
        model.status(planned ? CalibrationStatus.MEASURED : CalibrationStatus.FAILED);
        if (planned) {
            state.calibrations().save(model.key(), calibration);
            LOG.info(new ModelReport(model.names(), model.planned(), model.status()).text());
        }
    }

    /** Says that a model could not be measured on a device; its plan stays as it is. */
    void failed(ServedModel model, DeviceAccess device, Throwable cause) {
        boolean differs = isUnlike(device);
        if (!differs) {
            model.status(CalibrationStatus.FAILED);
        }
        boolean known = cause.getCause() instanceof RunFailedException; // whose message tells all
        LOG.warnf(
                known ? null : cause,
                "The calibration of %s was given up, and its plan%s stays at what was known before: %s",
                model.name(),
                differs ? " on " + device.name() : "",
                known ? cause.getMessage() : cause);
    }

    /** Plans anew with the batch that a model's growth under load has reached. */
    void grown(ServedModel model, GrownBatch reached) {
        Optional<Calibration> calibration = model.demand().calibration().map(known -> known.with(reached));
        if (calibration.isPresent() && plan.calibrate(model, calibration.get())) {
            state.calibrations().save(model.key(), calibration.get());
            LOG.infof(
                    "Batches of %s hold up to %s from now on: %s",
                    model.name(),
                    model.plan().batch().text(),
                    model.plan().batch().reason());
        }
    }

    /** Notes what the opening of a model took. */
    void opened(ServedModel model, Opening opening) {
        synchronized (plan) { // which may plan anew just now, and read the model's demand before
            model.opening(opening);
        }
        state.openings().save(model.key(), opening);
    }

    /** Plans each model with what an earlier start has measured, as if all models were open. */
    void recall(List<ServedModel> all) {
        all.forEach(model -> unlike.recall(model, all.size()));
        all.forEach(model -> recall(model, all));
    }

    private void recall(ServedModel model, List<ServedModel> all) {
        long start = System.nanoTime();
        Planner planner = plan.device().planner();
        List<ModelDemand> demands = all.stream().map(ServedModel::demand).toList();
        state.calibrations()
                .load(model.key())
                .filter(known -> known.baseBytes() < plan.availableBytes())
                .filter(known -> known.holdsFor(planner.budgetBytes(demands, all.indexOf(model), known.baseBytes())))
                .filter(known -> plan.calibrate(model, known))
                .ifPresent(known -> {
                    model.status(known.provisional() ? model.status() : CalibrationStatus.STORED);
                    LOG.infof(
                            "The calibration of %s, measured at %s, was read from %s in %d ms",
                            model.name(),
                            known.at(),
                            state.folder().orElseThrow(),
                            (System.nanoTime() - start) / 1_000_000);
                });
    }
}
