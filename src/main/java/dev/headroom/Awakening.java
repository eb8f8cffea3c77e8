package dev.headroom;

import dev.headroom.StartTimes.Phase;
import dev.headroom.device.Gpu;
import dev.headroom.device.Hardware;
import dev.headroom.device.HardwareProbe;
import dev.headroom.device.VisibleDevices;
import dev.headroom.hub.LoggedProgress;
import dev.headroom.measured.StateStore;
import dev.headroom.model.ModelSources;
import dev.headroom.model.ModelSpec;
import dev.headroom.plan.Plan;
import dev.headroom.plan.PrecisionRule;
import dev.headroom.plan.ServingDevice;
import dev.headroom.serving.Devices;
import dev.headroom.serving.LivePlan;
import dev.headroom.serving.Machine;
import dev.headroom.serving.ServedDevice;
import dev.headroom.serving.ServedModels;
import dev.headroom.settings.DeviceMode;
import dev.headroom.settings.HeadroomConfig;
import dev.headroom.settings.PlanRefusedException;
import dev.headroom.settings.PrecisionMode;
import dev.headroom.task.Preparation;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.eclipse.microprofile.config.Config;
import org.jboss.logging.Logger;

/**
 * The part of the start that needs nothing of Quarkus and runs beside it: probes the hardware, derives the plan, opens
 * the models and runs their first batches.
 *
 * <p>One thread makes it and may then hand it to another.
 */
final class Awakening implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger("dev.headroom");

    private final boolean rehearsal;
    private final Devices devices;
    private final Map<Phase, Duration> times = new EnumMap<>(Phase.class);
    private long last = System.nanoTime();
    private Optional<ServedModels> models = Optional.empty();

    /** The settings of the start. */
    record Asked(HeadroomConfig config, VisibleDevices visible) {

        /** Reads them. */
        static Asked of(HeadroomConfig config, Config environment) {
            // Raw, because an empty value hides every device while an unset one hides none.
            return new Asked(
                    config,
                    new VisibleDevices(
                            environment.getConfigValue("CUDA_VISIBLE_DEVICES").getRawValue(),
                            environment.getConfigValue("NVIDIA_VISIBLE_DEVICES").getRawValue()));
        }
    }

    /**
     * Wakes up, on the calling thread.
     *
     * @throws dev.headroom.model.file.BrokenModelException when a model cannot be served
     * @throws PlanRefusedException when there is no plan, or {@code headroom.state-dir} is no folder
     * @throws LinkageError when a native library cannot be loaded
     */
    Awakening(Asked asked) {
        StateStore.prepare(asked.config().stateDir());
        this(asked.config(), false, HardwareProbe.probe(asked.visible()));
    }

    private Awakening(HeadroomConfig config, boolean rehearsal, Hardware hardware) {
        this.rehearsal = rehearsal;
        DeviceMode mode = rehearsal ? DeviceMode.CPU : config.device();
        UnaryOperator<String> variables = rehearsal ? Awakening::withoutToken : System::getenv;
        try (ModelSources sources = new ModelSources(config.models(), variables, LoggedProgress::new)) {
            List<Gpu> gpus = mode == DeviceMode.CPU ? List.of() : hardware.gpus();
            List<ModelSpec> likely = sources.models(PrecisionRule.likely(config.precision(), gpus));
            devices = new Devices(config, mode, hardware, likely);
            wake(config, hardware, sources, likely);
        }
    }

    /**
     * Wakes up on the CPU, whatever the settings say. Touches no state, and reads no token. Once it is closed another awakening
     * may follow, on any device.
     *
     * @throws dev.headroom.model.file.BrokenModelException when a model cannot be served
     * @throws PlanRefusedException when there is no plan
     */
    static Awakening rehearsed(Asked asked) {
        return new Awakening(asked.config(), true, HardwareProbe.host());
    }

    /** The environment, in which the Hub is asked without a token. */
    private static String withoutToken(String variable) {
        return variable.equals("HF_HUB_DISABLE_IMPLICIT_TOKEN") ? "1" : System.getenv(variable);
    }

    private void wake(HeadroomConfig config, Hardware hardware, ModelSources sources, List<ModelSpec> likely) {
        try {
            ServingDevice serving = devices.select();
            PrecisionRule precision = new PrecisionRule(precision(config), serving);
            // The device that serves may need another graph of the Hub than the one that was likely to serve
            List<ModelSpec> found = sources.named() ? sources.models(precision) : likely;
            List<ModelSpec> specs =
                    found.stream().map(model -> model.by(precision)).toList();
            LivePlan plan = new LivePlan(
                    new Machine(hardware, serving, devices.unlike()),
                    specs,
                    config,
                    rehearsal ? Optional.empty() : config.stateDir());
            LOG.info(plan.report(0).text());
            ended(Phase.PLAN);
            if (sources.named()) {
                times.put(Phase.DOWNLOAD, sources.downloading());
                times.computeIfPresent(Phase.PLAN, (phase, time) -> time.minus(sources.downloading()));
            }
            models = Optional.of(new ServedModels(
                    plan,
                    devices.open(plan::availableBytes),
                    Preparation.by(
                            plan.graphs().most(Plan::workers), hardware.host().cores(), config.input())));
            models.get().lifecycle().open();
            ended(Phase.OPEN);
            models.get().lifecycle().warmUp();
            ended(Phase.WARM_UP);
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    /** A rehearsal runs on the CPU, which has no bfloat16. */
    private PrecisionMode precision(HeadroomConfig config) {
        return rehearsal && config.precision() == PrecisionMode.BFLOAT16 ? PrecisionMode.AUTO : config.precision();
    }

    private void ended(Phase phase) {
        long now = System.nanoTime();
        times.put(phase, Duration.ofNanos(now - last));
        last = now;
    }

    /** The models, open and warm. */
    ServedModels models() {
        return models.orElseThrow();
    }

    /** The durations of its phases. */
    Map<Phase, Duration> times() {
        return times;
    }

    /** Ends the sessions and the devices' threads. */
    @Override
    public void close() {
        models.ifPresent(ServedModels::close);
        devices.close();
        if (rehearsal) {
            models.ifPresent(opened -> opened.devices().all().forEach(ServedDevice::closeArena));
        }
    }
}
