package dev.headroom.serving;

import dev.headroom.calibration.CalibrationBudget;
import dev.headroom.calibration.Calibrator;
import dev.headroom.calibration.IdleDetector;
import dev.headroom.gate.Gate;
import dev.headroom.measured.Calibration;
import dev.headroom.session.RunFailedException;
import dev.headroom.session.RunFailedException.Kind;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * Does what no first answer needs: runs the longest rows, opens the sessions for lone items, and measures the models that
 * no start has measured before, on each kind of device.
 *
 * <p>Runs on one thread, which holds no lock while it measures; an interrupt ends it.
 */
public final class CalibrationRun {

    private static final Logger LOG = Logger.getLogger("dev.headroom");

    /** No caller is to wait longer for a batch that only measures. */
    private static final Duration LONGEST_BATCH = Duration.ofSeconds(1);

    private static final Duration LONGEST_WAIT = Duration.ofSeconds(5);

    /** A first answer takes less, unless the model itself takes that long. */
    private static final Duration FIRST_ANSWER = Duration.ofMillis(100);

    private final ServedModels models;
    private final LivePlan plan;
    private final Supplier<Duration> idle;

    private CalibrationRun(ServedModels models, Supplier<Duration> idle) {
        this.models = models;
        this.plan = models.plan();
        this.idle = idle;
    }

    /** A run before the first caller comes. */
    public static CalibrationRun beforeCalls(ServedModels models) {
        return new CalibrationRun(models, () -> Duration.ofDays(1));
    }

    /** A run that works only while no caller waits. */
    public static CalibrationRun whileIdle(ServedModels models) {
        return new CalibrationRun(models, models::idle);
    }

    /** Waits until the caller who woke the service has an answer, or none has come for as long as a lull takes. */
    public void awaitFirstAnswer() throws InterruptedException {
        if (new IdleDetector(idle).awaitCaller()) {
            Thread.sleep(FIRST_ANSWER);
        }
    }

    /** Waits for the first lull, but no longer than 5 s: the caller who woke the service is not to wait. */
    public void awaitLull() throws InterruptedException {
        new IdleDetector(idle).await(LONGEST_WAIT);
    }

    /** Runs the longest rows, opens the sessions for lone items, and measures the models where that is asked for. */
    public void run(boolean measures) {
        try {
            forEach((model, session) -> tried(model, session, () -> model.warmUpLongest(session)));
            models.lifecycle().openAlone();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        if (measures) {
            forEach(this::tryToMeasure);
        }
    }

    /** Measures models that are opened on demand, in the lulls after that, until it is interrupted. */
    public void measureOpened() {
        while (models.lifecycle().awaitOpening()) {
            forEach(this::tryToMeasure);
        }
    }

    private void forEach(BiConsumer<ServedModel, DeviceSession> action) {
        plan.graphs().all().forEach(model -> model.sessions().all().forEach(session -> action.accept(model, session)));
    }

    private void tryToMeasure(ServedModel model, DeviceSession session) {
        if (plan.measurements().pending(model, session.device().access())) {
            tried(model, session, () -> measure(model, session))
                    .ifPresent(failure ->
                            plan.measurements().failed(model, session.device().access(), failure));
        }
    }

    /** A step that may wait for the device. */
    private interface Step {
        void run() throws InterruptedException;
    }

    /** Takes a step with a model that is open on a device that serves; returns the failure, and declares a lost device. */
    private Optional<Throwable> tried(ServedModel model, DeviceSession session, Step step) {
        Gate gate = session.device().gate();
        if (Thread.currentThread().isInterrupted()
                || gate.lost().isPresent()
                || !plan.graphs().all().contains(model)) {
            return Optional.empty();
        }
        try {
            step.run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error e) {
            if (!model.sessions().all().contains(session)) {
                return Optional.empty(); // it was closed meanwhile
            }
            if (e.getCause() instanceof RunFailedException run && run.kind() == Kind.DEVICE_LOST) {
                gate.lose(run.getMessage());
            }
            return Optional.of(e);
        }
        return Optional.empty();
    }

    private void measure(ServedModel model, DeviceSession session) throws InterruptedException {
        DeviceAccess device = session.device().access();
        Gate gate = session.device().gate();
        Calibrator calibrator = session.calibrator();
        long most = plan.budgetBytes(model, device, calibrator.baseBytes());
        Calibration measured = calibrator.sweep(gate, budget(model, most), idle);
        boolean alone = model.plan().alone().value() > 0;
        plan.measurements().measured(model, device, alone ? tried(calibrator, measured, gate) : measured);
        models.lifecycle().follow();
        if (!plan.measurements().isUnlike(device)) {
            model.plan()
                    .profile()
                    .ifPresent(profile -> model.serving().ifPresent(parts -> parts.predicted(measured, profile)));
        }
    }

    /** Adds the trial of lanes; without it, too, the measurements are worth keeping. */
    private Calibration tried(Calibrator calibrator, Calibration measured, Gate gate) throws InterruptedException {
        try {
            return calibrator.tryLanes(measured, gate, idle);
        } catch (IllegalStateException e) {
            LOG.warnf("It was not measured how many lanes are best: %s", e.getMessage());
            return measured;
        }
    }

    private static CalibrationBudget budget(ServedModel model, long bytes) {
        Duration aQuarter = model.plan().timeoutTime().dividedBy(4);
        return new CalibrationBudget(bytes, aQuarter.compareTo(LONGEST_BATCH) < 0 ? aQuarter : LONGEST_BATCH);
    }
}
