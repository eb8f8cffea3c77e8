package dev.headroom;

import dev.headroom.StartTimes.Phase;
import dev.headroom.device.Hardware;
import dev.headroom.device.HardwareProbe;
import dev.headroom.device.VisibleDevices;
import dev.headroom.measured.StateStore;
import dev.headroom.model.ModelRepository;
import dev.headroom.model.ModelSpec;
import dev.headroom.plan.Plan;
import dev.headroom.plan.PrecisionRule;
import dev.headroom.plan.ServingDevice;
import dev.headroom.serving.Devices;
import dev.headroom.serving.LivePlan;
import dev.headroom.serving.ServedModels;
import dev.headroom.settings.HeadroomConfig;
import dev.headroom.settings.PlanRefusedException;
import dev.headroom.task.Preparation;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.config.Config;
import org.jboss.logging.Logger;

/**
 * The part of the start that needs nothing of Quarkus and runs beside it: probes the hardware, derives the plan, opens
 * the models and runs their first batches.
 *
 * <p>One thread makes it and may then hand it to another.
 */
final class Awakening {

    private static final Logger LOG = Logger.getLogger("dev.headroom");

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
     * @throws dev.headroom.model.BrokenModelException when a model cannot be served
     * @throws PlanRefusedException when there is no plan, or {@code headroom.state-dir} is no folder
     * @throws LinkageError when a native library cannot be loaded
     */
    Awakening(Asked asked) {
        HeadroomConfig config = asked.config();
        StateStore.prepare(config.stateDir());
        List<ModelSpec> found = new ModelRepository(config.models()).scan();
        Hardware hardware = HardwareProbe.probe(asked.visible());
        devices = new Devices(config, hardware, found);
        try {
            ServingDevice serving = devices.select();
            PrecisionRule precision = new PrecisionRule(config.precision(), serving);
            List<ModelSpec> specs =
                    found.stream().map(model -> model.by(precision)).toList();
            LivePlan plan = new LivePlan(hardware, serving, devices.unlike(), specs, config);
            LOG.info(plan.report().text());
            ended(Phase.PLAN);
            models = Optional.of(new ServedModels(
                    plan,
                    devices.open(plan::availableBytes),
                    Preparation.by(plan.most(Plan::workers), hardware.host().cores(), config.input())));
            models.get().open();
            ended(Phase.OPEN);
            models.get().warmUp();
            ended(Phase.WARM_UP);
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
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
    void close() {
        models.ifPresent(ServedModels::close);
        devices.close();
    }
}
