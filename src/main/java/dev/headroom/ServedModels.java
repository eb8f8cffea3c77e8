package dev.headroom;

import dev.headroom.batch.BatchMeters;
import dev.headroom.batch.Batcher;
import dev.headroom.batch.Calibrator;
import dev.headroom.batch.Gate;
import dev.headroom.model.DeviceThread;
import dev.headroom.model.ExecutionProvider;
import dev.headroom.model.ModelSpec;
import dev.headroom.model.OnnxModel;
import dev.headroom.model.RunFailedException;
import dev.headroom.model.RunFailedException.Kind;
import dev.headroom.plan.Calibration;
import dev.headroom.plan.DeviceMemory;
import dev.headroom.plan.LearnedLimits;
import dev.headroom.plan.Plan;
import dev.headroom.task.Pipeline;
import dev.headroom.task.Workers;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/** The models that are open on one device: opened, warmed up, measured, and kept to the plan in force. */
final class ServedModels {

    /** No caller is to wait longer for a batch that only measures. */
    private static final Duration LONGEST_BATCH = Duration.ofSeconds(1);

    private static final int TIMEOUTS_OF_A_HUNG_RUN = 20;
    private static final Duration SHORTEST_HANG = Duration.ofMinutes(2);

    private final LivePlan plan;
    private final DeviceThreads threads;
    private final IntFunction<ExecutionProvider> providers;
    private final DeviceMemory memory;
    private final Gate gate;
    private final Workers workers;
    private final List<Served> served = new ArrayList<>();

    /** A model that is open, and all that was made for it. */
    private record Served(
            OnnxModel model, BatchMeters meters, Batcher batcher, Pipeline pipeline, Calibrator calibrator) {}

    /**
     * Models that follow a plan.
     *
     * @param providers what runs them, on a CPU with so many threads
     */
    ServedModels(LivePlan plan, DeviceThreads threads, DeviceMemory memory, IntFunction<ExecutionProvider> providers) {
        this.plan = plan;
        this.threads = threads;
        this.memory = memory;
        this.providers = providers;
        this.gate = new Gate(threads.first(), memory);
        this.workers = new Workers(mostWorkers());
    }

    /** Opens the models of the plan, in its order; nothing runs yet. */
    void open(List<ModelSpec> specs, MeterRegistry registry) {
        FunctionCounter.builder("headroom.device.busy", gate, it -> it.busy().toNanos() / 1e9)
                .description("Time that batches have run, in all lanes together; a batch on all cores counts for each")
                .baseUnit("seconds")
                .register(registry);
        List<Optional<LearnedLimits>> recalled = plan.limits().recall();
        for (int i = 0; i < specs.size(); i++) {
            ModelSpec spec = specs.get(i);
            BatchMeters meters = new BatchMeters(registry, spec.name());
            long before = memory.heldBytes();
            Plan planned = plan.plans().get(i).plan();
            OnnxModel model = threads.first().call(() -> open(spec, planned));
            long taken = Math.max(0, memory.heldBytes() - before);
            Batcher batcher = new Batcher(model, gate, planned, meters);
            Pipeline pipeline = new Pipeline(spec.task(), model, batcher, workers);
            recalled.get(i).ifPresent(batcher::restore);
            served.add(new Served(model, meters, batcher, pipeline, pipeline.calibrator(memory, taken)));
        }
    }

    private OnnxModel open(ModelSpec spec, Plan planned) {
        OnnxModel model = OnnxModel.open(spec, providers.apply(planned.threads().asInt()));
        follow(model, planned);
        return model;
    }

    private void follow(OnnxModel model, Plan planned) {
        model.follow(
                providers.apply(planned.threads().asInt()),
                planned.alone().value() > 0
                        ? Optional.of(providers.apply(
                                planned.threads().asInt() + planned.lanes().asInt() - 1))
                        : Optional.empty());
    }

    /** The way to the device. */
    Gate gate() {
        return gate;
    }

    /** What out-of-memory errors have taught of each model; empty where they have taught nothing. */
    List<Optional<LearnedLimits>> learned() {
        return served.stream().map(one -> one.batcher().learned()).toList();
    }

    /** Keeps what has been learned since the last time, for the next start. */
    void keepLearned() {
        plan.limits().keep(learned());
    }

    /** Why only a restart of the process helps; empty while all is well. */
    Optional<String> defect() {
        return threads.alive()
                ? served.stream()
                        .flatMap(one -> one.batcher().defect().stream())
                        .findFirst()
                : Optional.of("a thread of the device has ended");
    }

    /** Longest that a run may take before the device is taken for hung. */
    Duration longestRun() {
        return plan.plans().stream()
                .map(planned -> planned.plan().timeoutTime().multipliedBy(TIMEOUTS_OF_A_HUNG_RUN))
                .filter(time -> time.compareTo(SHORTEST_HANG) > 0)
                .max(Comparator.naturalOrder())
                .orElse(SHORTEST_HANG);
    }

    /** Runs the first batches of all. */
    void warmUp() {
        served.forEach(one -> threads.first().run(() -> one.pipeline().warmUp(one.calibrator())));
    }

    List<Pipeline> pipelines() {
        return served.stream().map(Served::pipeline).toList();
    }

    /** Measures the models that nobody has measured before, before anybody calls. */
    void calibrate() {
        calibrate(() -> Duration.ofDays(1));
    }

    /** The same while nobody calls. */
    void calibrateWhileIdle() {
        calibrate(() -> served.stream()
                .map(one -> one.batcher().idle())
                .min(Comparator.naturalOrder())
                .orElseThrow());
    }

    private void calibrate(Supplier<Duration> idle) {
        for (int i : plan.pending()) {
            try {
                Calibrator calibrator = served.get(i).calibrator();
                Calibration measured = calibrator.sweep(gate, limits(i, calibrator), idle);
                Calibration complete = plan.plans().get(i).plan().alone().value() > 0
                        ? calibrator.tryLanes(measured, gate, idle)
                        : measured;
                plan.measured(i, complete);
                follow();
                predicted(i, complete);
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

    private Calibrator.Limits limits(int index, Calibrator calibrator) {
        Duration aQuarter = plan.plans().get(index).plan().timeoutTime().dividedBy(4);
        return new Calibrator.Limits(
                plan.budgetBytes(index, calibrator.baseBytes()),
                aQuarter.compareTo(LONGEST_BATCH) < 0 ? aQuarter : LONGEST_BATCH);
    }

    /** The plan has changed, for every model: they share the memory and the lanes. */
    void follow() throws InterruptedException {
        List<DeviceThread> lanes =
                threads.lanes(plan.plans().getFirst().plan().lanes().asInt());
        gate.lanes(lanes, this::followSessions);
        for (int i = 0; i < served.size(); i++) {
            served.get(i).batcher().follow(plan.plans().get(i).plan());
        }
        workers.resize(mostWorkers());
    }

    private void followSessions() {
        for (int i = 0; i < served.size(); i++) {
            follow(served.get(i).model(), plan.plans().get(i).plan());
        }
    }

    private int mostWorkers() {
        return plan.plans().stream()
                .mapToInt(planned -> planned.plan().workers().asInt())
                .max()
                .orElseThrow();
    }

    /** What ran to measure counts for the prediction as it counts for the device. */
    private void predicted(int index, Calibration measured) {
        BatchMeters meters = served.get(index).meters();
        plan.plans()
                .get(index)
                .plan()
                .profile()
                .ifPresent(profile -> measured.samples()
                        .forEach(sample -> meters.predicted(profile.batchBytes(sample.batch(), sample.length()))));
    }

    /** The most that the batches so far were predicted to take of the device, all models included. */
    long predictedBytes() {
        long bases = plan.plans().stream()
                .mapToLong(planned -> planned.model().baseBytes())
                .sum();
        long most = served.stream()
                .mapToLong(one -> one.meters().predictedPeak())
                .max()
                .orElse(0);
        return bases + gate.lanes() * most;
    }

    /** Batches so far that were as large as can be. */
    long fullBatches() {
        return served.stream().mapToLong(one -> one.meters().fullBatches()).sum();
    }

    /** Ends the sessions, after what the device's thread still has to do. */
    void close() {
        plan.limits().keepAtLast(learned());
        if (threads.first().alive()) {
            served.forEach(one -> threads.first().execute(one.model()::close));
        }
    }
}
