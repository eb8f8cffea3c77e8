package dev.headroom.serving;

import dev.headroom.batch.BatchMeters;
import dev.headroom.batch.Batcher;
import dev.headroom.calibration.Calibrator;
import dev.headroom.calibration.QuietPeriod;
import dev.headroom.gate.Gate;
import dev.headroom.gate.Gates;
import dev.headroom.measured.Calibration;
import dev.headroom.measured.LearnedLimits;
import dev.headroom.plan.ModelPlan;
import dev.headroom.plan.Plan;
import dev.headroom.serving.ServedDevice.Opened;
import dev.headroom.session.DeviceThread;
import dev.headroom.session.NativeHeap;
import dev.headroom.session.RunFailedException;
import dev.headroom.session.RunFailedException.Kind;
import dev.headroom.task.Pipeline;
import dev.headroom.task.Preparation;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/** The models that are open on every device: opened, warmed up, measured, and kept to the plan in force. */
public final class ServedModels {

    private static final Logger LOG = Logger.getLogger("dev.headroom");

    /** No caller is to wait longer for a batch that only measures. */
    private static final Duration LONGEST_BATCH = Duration.ofSeconds(1);

    private static final int TIMEOUTS_OF_A_HUNG_RUN = 5;
    private static final Duration LONGEST_WAIT_FOR_LULL = Duration.ofSeconds(5);
    private static final Duration SHORTEST_HANG = Duration.ofMinutes(2);

    private final LivePlan plan;
    private final List<ServedDevice> devices;
    private final Gates gates;
    private final Preparation preparation;
    private final IntConsumer fetches;
    private volatile List<Served> served = List.of(); // all, once all are there

    /** A model that is open on every device, and all that was made for it; the calibrators are in the devices' order. */
    private record Served(BatchMeters meters, Batcher batcher, Pipeline pipeline, List<Calibrator> calibrators) {}

    /**
     * Models that follow a plan.
     *
     * @param devices what to open them on; on the first they are measured
     * @param preparation makes items ready
     * @param fetches is told how many inputs are downloaded at a time
     */
    public ServedModels(LivePlan plan, List<ServedDevice> devices, Preparation preparation, IntConsumer fetches) {
        this.plan = plan;
        this.devices = devices;
        this.gates = new Gates(devices.stream().map(ServedDevice::gate).toList());
        this.preparation = preparation;
        this.fetches = fetches;
    }

    /** Takes the models over, opened in the plan's order. */
    public void take(List<OpenedModel> models, MeterRegistry registry) {
        List<Optional<LearnedLimits>> recalled = plan.limits().recall();
        List<Served> taken = new ArrayList<>();
        for (int i = 0; i < models.size(); i++) {
            List<Opened> opened = models.get(i).opened();
            BatchMeters meters =
                    new BatchMeters(registry, plan.plans().get(i).model().name());
            Batcher batcher = new Batcher(opened.stream().map(Opened::placement).toList(), plans().get(i), meters);
            Pipeline pipeline = new Pipeline(models.get(i).task(), batcher);
            recalled.get(i).ifPresent(batcher::restore);
            taken.add(new Served(meters, batcher, pipeline, models.get(i).calibrators()));
        }
        served = List.copyOf(taken);
    }

    private List<Plan> plans() {
        return plan.plans().stream().map(ModelPlan::plan).toList();
    }

    /** The ways to the devices. */
    public Gates gates() {
        return gates;
    }

    /** What out-of-memory errors have taught of each model; empty where they have taught nothing. */
    List<Optional<LearnedLimits>> learned() {
        return served.stream().map(one -> one.batcher().learned()).toList();
    }

    /** The plan in force, with what was learned and how many devices serve; waits for no device. */
    public PlanReport report() {
        PlanReport report = plan.report();
        List<Optional<LearnedLimits>> learned = learned();
        return learned.isEmpty() // they are being opened
                ? report
                : report.learned(learned).serving(gates.serving().size());
    }

    /** Keeps what has been learned since the last time, for the next start. */
    public void keepLearned() {
        plan.limits().keep(learned());
    }

    /** The same when the process ends. */
    void keepLearnedAtLast() {
        plan.limits().keepAtLast(learned());
    }

    /** Why only a restart of the process brings a device back; empty while all is well. */
    Optional<String> defect(ServedDevice device) {
        return device.alive()
                ? served.stream()
                        .flatMap(one -> one.batcher().defect(device.gate()).stream())
                        .findFirst()
                : Optional.of("a thread of the device has ended");
    }

    /** Longest that a run may take before the device is taken for hung. */
    Duration longestRun() {
        return served.stream()
                .map(one -> one.batcher().timeout().multipliedBy(TIMEOUTS_OF_A_HUNG_RUN))
                .filter(time -> time.compareTo(SHORTEST_HANG) > 0)
                .max(Comparator.naturalOrder())
                .orElse(SHORTEST_HANG);
    }

    /** In a lull or, where none comes, after a while: who woke the service up is not to wait for it. */
    private void openAlone(Supplier<Duration> idle) throws InterruptedException {
        new QuietPeriod(idle).await(LONGEST_WAIT_FOR_LULL);
        for (int d = 0; d < devices.size(); d++) {
            List<Long> taken = devices.get(d).openAlone(plans());
            for (int i = 0; i < served.size(); i++) {
                served.get(i).calibrators().get(d).opened(taken.get(i));
            }
        }
        follow();
    }

    public List<Pipeline> pipelines() {
        return served.stream().map(Served::pipeline).toList();
    }

    /**
     * Does what no first answer needs, before anybody calls: opens the sessions for lone items, and measures the models
     * that nobody has measured before.
     */
    public void finish() {
        finish(() -> Duration.ofDays(1), true);
    }

    /** The same while nobody calls. */
    public void finishWhileIdle(boolean calibrates) {
        finish(this::idle, calibrates);
    }

    private void finish(Supplier<Duration> idle, boolean calibrates) {
        try {
            openAlone(idle);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        } catch (RuntimeException e) {
            LOG.warnf("A lone item is not run on all cores: %s", e.getMessage());
        }
        if (calibrates) {
            calibrate(idle);
        }
    }

    /** For how long nobody has called; negative while somebody waits for an answer. */
    Duration idle() {
        return served.stream()
                .map(one -> one.batcher().idle())
                .min(Comparator.naturalOrder())
                .orElseThrow();
    }

    private void calibrate(Supplier<Duration> idle) {
        Gate gate = devices.getFirst().gate();
        for (int i : plan.pending()) {
            try {
                Calibrator calibrator = served.get(i).calibrators().getFirst();
                Calibration measured = calibrator.sweep(gate, limits(i, calibrator), idle);
                plan.measured(i, plans().get(i).alone().value() > 0 ? tried(calibrator, measured, idle) : measured);
                follow();
                predicted(i, measured);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            } catch (RuntimeException | Error e) {
                plan.failed(i, e);
                if (e.getCause() instanceof RunFailedException run && run.kind() == Kind.DEVICE_LOST) {
                    gate.lose(run.getMessage());
                    return;
                }
            }
        }
    }

    /** What was measured is worth keeping without the trial, too. */
    private Calibration tried(Calibrator calibrator, Calibration measured, Supplier<Duration> idle)
            throws InterruptedException {
        try {
            return calibrator.tryLanes(measured, devices.getFirst().gate(), idle);
        } catch (IllegalStateException e) {
            LOG.warnf("It was not measured how many lanes are best: %s", e.getMessage());
            return measured;
        }
    }

    private Calibrator.Limits limits(int index, Calibrator calibrator) {
        Duration aQuarter = plans().get(index).timeoutTime().dividedBy(4);
        return new Calibrator.Limits(
                plan.budgetBytes(index, calibrator.baseBytes()),
                aQuarter.compareTo(LONGEST_BATCH) < 0 ? aQuarter : LONGEST_BATCH);
    }

    /** The plan has changed, for every model: they share the memory and the lanes. */
    public void follow() throws InterruptedException {
        List<Plan> plans = plans();
        boolean more =
                plans.getFirst().lanes().value() > devices.getFirst().gate().lanes();
        if (more) {
            followBatchers(plans); // each lane's batch gets less memory before there are more lanes
        }
        for (ServedDevice device : devices) {
            device.follow(plans);
        }
        followBatchers(plans);
        preparation.resize(plan.most(Plan::workers));
        fetches.accept(plan.most(Plan::fetches));
        NativeHeap.trim();
    }

    private void followBatchers(List<Plan> plans) {
        for (int i = 0; i < served.size(); i++) {
            served.get(i).batcher().follow(plans.get(i));
        }
    }

    /** What ran to measure counts for the prediction as it counts for the device. */
    private void predicted(int index, Calibration measured) {
        BatchMeters meters = served.get(index).meters();
        plans().get(index)
                .profile()
                .ifPresent(profile -> measured.samples()
                        .forEach(sample -> meters.predicted(profile.batchBytes(sample.batch(), sample.length()))));
    }

    /** The most that the batches so far were predicted to take of a device, all models included. */
    long predictedBytes(ServedDevice device) {
        long bases = plan.plans().stream()
                .mapToLong(planned -> planned.model().baseBytes())
                .sum();
        long most = served.stream()
                .mapToLong(one -> one.meters().predictedPeak())
                .max()
                .orElse(0);
        return bases + device.gate().lanes() * most;
    }

    /** Batches so far that were as large as can be. */
    long fullBatches() {
        return served.stream().mapToLong(one -> one.meters().fullBatches()).sum();
    }

    /** Ends the sessions, after what the devices' threads still have to do, and no later because several hang. */
    public void close() {
        DeviceThread.joinAll(devices.stream()
                .map(device -> CompletableFuture.runAsync(device::close, Thread::startVirtualThread))
                .toList());
    }
}
