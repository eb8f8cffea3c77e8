package dev.headroom;

import dev.headroom.StartTimes.Phase;
import dev.headroom.batch.Gates;
import dev.headroom.device.Hardware;
import dev.headroom.device.HardwareProbe;
import dev.headroom.device.VisibleDevices;
import dev.headroom.function.reference.Downloads;
import dev.headroom.model.BrokenModelException;
import dev.headroom.model.ModelRepository;
import dev.headroom.model.ModelSpec;
import dev.headroom.plan.Bytes;
import dev.headroom.plan.CalibrationMode;
import dev.headroom.plan.DeviceMemory;
import dev.headroom.plan.HeadroomConfig;
import dev.headroom.plan.PlanMeters;
import dev.headroom.plan.PlanRefusedException;
import dev.headroom.plan.PlanReport;
import dev.headroom.plan.PrecisionRule;
import dev.headroom.plan.ServingDevice;
import dev.headroom.task.Pipelines;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.config.Config;
import org.jboss.logging.Logger;

/** Probe, plan, open the models, warm up, measure; the one class that sees every package. */
@Singleton
class Bootstrap {

    private static final Logger LOG = Logger.getLogger("dev.headroom");

    private static final Duration LONGEST_END = Duration.ofSeconds(5);

    private final HeadroomConfig config;
    private final VisibleDevices visible;
    private final Downloads downloads;
    private Optional<Devices> devices = Optional.empty();
    private LivePlan plan;
    private Optional<ServedModels> models = Optional.empty();
    private Optional<Watches> watches = Optional.empty();
    private Optional<Thread> calibration = Optional.empty();

    Bootstrap(HeadroomConfig config, Config environment, Downloads downloads) {
        this.config = config;
        this.downloads = downloads;
        // Raw, because an empty value hides every device while an unset one hides none.
        this.visible = new VisibleDevices(
                environment.getConfigValue("CUDA_VISIBLE_DEVICES").getRawValue(),
                environment.getConfigValue("NVIDIA_VISIBLE_DEVICES").getRawValue());
    }

    void start(@Observes StartupEvent event, Pipelines pipelines, MeterRegistry registry) {
        StartTimes times = new StartTimes();
        try {
            List<ModelSpec> found = new ModelRepository(config.models()).scan();
            Hardware hardware = HardwareProbe.probe(visible);
            Devices selected = new Devices(config, hardware);
            devices = Optional.of(selected);
            ServingDevice serving = selected.select();
            PrecisionRule precision = new PrecisionRule(config.precision(), serving);
            List<ModelSpec> specs =
                    found.stream().map(model -> model.by(precision)).toList();
            plan = new LivePlan(hardware, serving, specs, config);
            LOG.info(plan.report().text());
            new PlanMeters(this::report).bindTo(registry);
            times.ended(Phase.PLAN);
            ServedModels opened = open(specs, selected.open(plan.availableBytes()), registry, times);
            endOnceLost(opened.gates(), pipelines);
            if (config.calibration() == CalibrationMode.STARTUP) {
                calibrate(opened);
                times.ended(Phase.CALIBRATE);
            }
            pipelines.open(opened.pipelines());
            times.bindTo(registry);
            LOG.info(times.text());
            if (config.calibration() != CalibrationMode.STARTUP) {
                calibration = Optional.of(Thread.ofPlatform()
                        .daemon()
                        .name("headroom-calibration")
                        .start(() -> opened.finishWhileIdle(config.calibration() == CalibrationMode.BACKGROUND)));
            }
        } catch (BrokenModelException | PlanRefusedException e) {
            // Quarkus prints the message of this one alone, without a stack trace.
            throw new ConfigurationException(e.getMessage());
        } catch (LinkageError e) {
            throw new ConfigurationException(
                    "A native library cannot be loaded (%s). ONNX Runtime's is unpacked into the temporary folder (-Djava.io.tmpdir) unless -Donnxruntime.native.path names a folder that holds it, the tokeniser's into ~/.djl.ai (DJL_CACHE_DIR): make them writable, with 100 MB of room."
                            .formatted(rootMessage(e)));
        }
    }

    /** As long as one device serves the process goes on; but a start may wait for ever for one that is lost. */
    private static void endOnceLost(Gates gates, Pipelines pipelines) {
        gates.all()
                .forEach(gate -> gate.whenLost(reason -> {
                    if (gates.lost().isPresent() || !pipelines.started()) {
                        Main.endSoon();
                    }
                }));
    }

    /** SIGTERM is not heard by whoever starts: it ends the measuring, not only the process after it. */
    private static void calibrate(ServedModels opened) {
        Thread starting = Thread.currentThread();
        Thread hook = Thread.ofPlatform().unstarted(starting::interrupt);
        Runtime.getRuntime().addShutdownHook(hook);
        opened.finish();
        if (!Thread.interrupted()) {
            Runtime.getRuntime().removeShutdownHook(hook);
        }
    }

    private static String rootMessage(Throwable failure) {
        return failure.getCause() == null ? String.valueOf(failure.getMessage()) : rootMessage(failure.getCause());
    }

    /** What {@code GET /plan} shows; it is there before the port opens. */
    @Produces
    @Dependent
    PlanReport report() {
        PlanReport report = plan.report();
        return models.map(ServedModels::learned)
                .filter(learned -> learned.size() == report.plans().size()) // all are open
                .map(report::learned)
                .map(learned -> learned.serving(models.get().gates().serving().size()))
                .orElse(report);
    }

    void drain(@Observes ShutdownDelayInitiatedEvent event, Pipelines pipelines) {
        calibration.ifPresent(Thread::interrupt);
        pipelines.drain();
    }

    void stop(@Observes ShutdownEvent event, Pipelines pipelines) {
        calibration.ifPresent(Bootstrap::end);
        watches.ifPresent(Watches::close);
        pipelines.close();
        models.ifPresentOrElse(ServedModels::close, () -> devices.ifPresent(Devices::close));
    }

    /** What it runs ends before the sessions are closed. */
    private static void end(Thread calibration) {
        calibration.interrupt();
        try {
            calibration.join(LONGEST_END);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Opens all models before the first of them runs: the first run takes the whole arena, and ONNX Runtime does not
     * enforce a cap that weights exceed which come later.
     */
    private ServedModels open(List<ModelSpec> specs, List<ServedDevice> on, MeterRegistry registry, StartTimes times) {
        ServedModels opened = new ServedModels(plan, on, config.input(), downloads::resize);
        models = Optional.of(opened);
        opened.open(specs, registry);
        DeviceMemory memory = on.getFirst().memory();
        checkRoom(memory);
        times.ended(Phase.OPEN);
        opened.warmUp();
        plan.opened(memory.heldBytes());
        follow(opened);
        new DeviceMeters(on).bindTo(registry);
        watches = Optional.of(new Watches(opened, registry));
        watches.get().start(on, plan.totalBytes());
        times.ended(Phase.WARM_UP);
        return opened;
    }

    private static void follow(ServedModels opened) {
        try {
            opened.follow();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A GPU that is too small fails when it loads the weights; a CPU's arena would lose its cap unsaid. */
    private void checkRoom(DeviceMemory memory) {
        if (!plan.report().device().gpu() && memory.heldBytes() >= plan.availableBytes()) {
            throw new PlanRefusedException(
                    "The models take %s and leave nothing of the %s that are there for a batch: raise headroom.memory.limit, lower headroom.memory.reserved, or serve fewer models."
                            .formatted(Bytes.text(memory.heldBytes()), Bytes.text(plan.availableBytes())));
        }
    }
}
