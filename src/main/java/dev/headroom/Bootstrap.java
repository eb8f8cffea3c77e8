package dev.headroom;

import dev.headroom.batch.BatchMeters;
import dev.headroom.batch.Batcher;
import dev.headroom.batch.Failure;
import dev.headroom.batch.Gate;
import dev.headroom.batch.Item;
import dev.headroom.batch.Outcome;
import dev.headroom.device.CudaMemory;
import dev.headroom.device.Hardware;
import dev.headroom.device.HardwareProbe;
import dev.headroom.device.VisibleDevices;
import dev.headroom.model.BrokenModelException;
import dev.headroom.model.CpuArena;
import dev.headroom.model.DeviceThread;
import dev.headroom.model.ExecutionProvider;
import dev.headroom.model.ExecutionProvider.Cpu;
import dev.headroom.model.ExecutionProvider.Cuda;
import dev.headroom.model.Model;
import dev.headroom.model.ModelRepository;
import dev.headroom.model.ModelSpec;
import dev.headroom.model.OnnxModel;
import dev.headroom.plan.DeviceSelection;
import dev.headroom.plan.HeadroomConfig;
import dev.headroom.plan.ModelDemand;
import dev.headroom.plan.Plan;
import dev.headroom.plan.PlanMeters;
import dev.headroom.plan.PlanRefusedException;
import dev.headroom.plan.PlanReport;
import dev.headroom.plan.Planner;
import dev.headroom.plan.ServingDevice;
import dev.headroom.task.Pipeline;
import dev.headroom.task.Pipelines;
import dev.headroom.task.Workers;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.quarkus.runtime.configuration.MemorySize;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SequencedMap;
import org.eclipse.microprofile.config.Config;
import org.jboss.logging.Logger;

/** Probe, plan, open the models, warm up; the one class that sees every package. */
@Singleton
class Bootstrap {

    private static final Logger LOG = Logger.getLogger("dev.headroom");

    private final HeadroomConfig config;
    private final VisibleDevices visible;
    private final List<ModelSpec> specs = new ArrayList<>();
    private final List<Model> models = new ArrayList<>();
    private final DeviceThread device = new DeviceThread("0");

    Bootstrap(HeadroomConfig config, Config environment) {
        this.config = config;
        // Raw, because an empty value hides every device while an unset one hides none.
        this.visible = new VisibleDevices(
                environment.getConfigValue("CUDA_VISIBLE_DEVICES").getRawValue(),
                environment.getConfigValue("NVIDIA_VISIBLE_DEVICES").getRawValue());
    }

    /** Probes and plans, once; {@code GET /plan} shows it. */
    @Produces
    @Singleton
    PlanReport plan() {
        specs.addAll(new ModelRepository(config.models()).scan());
        Hardware hardware = HardwareProbe.probe(visible);
        ServingDevice serving = new DeviceSelection(config.device(), hardware).select(new CudaOfThisProcess());
        Planner planner = new Planner(
                serving, hardware.host().cores(), Runtime.getRuntime().maxMemory(), config);
        SequencedMap<ModelDemand, Plan> plans = new LinkedHashMap<>();
        specs.stream().map(ModelSpec::demand).forEach(demand -> plans.put(demand, planner.plan(demand)));
        return new PlanReport(hardware, serving, plans);
    }

    void start(@Observes StartupEvent event, Instance<PlanReport> report, Pipelines pipelines, MeterRegistry registry) {
        try {
            pipelines.open(open(report.get(), registry));
        } catch (BrokenModelException | PlanRefusedException e) {
            // Quarkus prints the message of this one alone, without a stack trace.
            throw new ConfigurationException(e.getMessage());
        }
    }

    void stop(@Observes ShutdownEvent event, Pipelines pipelines) {
        pipelines.drain();
        pipelines.close();
        models.forEach(model -> device.execute(model::close));
        device.close();
    }

    private List<Pipeline> open(PlanReport report, MeterRegistry registry) {
        LOG.info(report.text());
        new PlanMeters(report).bindTo(registry);
        ExecutionProvider provider = provider(report);
        Gate gate = new Gate(device);
        Workers workers = new Workers(report.plans().values().stream()
                .mapToInt(plan -> plan.workers().asInt())
                .max()
                .orElseThrow());
        List<Pipeline> pipelines = new ArrayList<>();
        for (ModelSpec spec : specs) {
            Model model = device.call(() -> OnnxModel.open(spec, provider));
            models.add(model);
            BatchMeters meters = new BatchMeters(registry, spec.name());
            Batcher batcher = new Batcher(model, gate, report.plans().get(spec.demand()), meters);
            Pipeline pipeline = new Pipeline(spec.task(), model, batcher, workers);
            warmUp(pipeline);
            pipelines.add(pipeline);
        }
        return pipelines;
    }

    private ExecutionProvider provider(PlanReport report) {
        Optional<MemorySize> limit = config.memory().limit();
        if (report.device().gpu()) {
            return new Cuda(
                    0, limit.map(MemorySize::asLongValue).map(OptionalLong::of).orElse(OptionalLong.empty()));
        }
        limit.ifPresent(size -> device.run(() -> CpuArena.cap(size.asLongValue())));
        return new Cpu(report.hardware().host().cores(), limit.isPresent());
    }

    /** The first run is the slowest, and shows whether the model runs at all. */
    private static void warmUp(Pipeline pipeline) {
        Item<float[]> item = pipeline.embed(List.of(new Pipeline.Text("warm-up", "warm up")), Optional.empty())
                .getFirst();
        if (item.outcome().join() instanceof Outcome.Failed<float[]>(Failure failure)) {
            String cause = failure instanceof Failure.Internal internal
                    ? internal.cause().getMessage()
                    : failure.detail();
            throw new BrokenModelException("The model %s does not run (%s); check its files and its model.yaml."
                    .formatted(pipeline.name(), cause));
        }
    }

    /** CUDA, asked on the device's thread like everything else. */
    private final class CudaOfThisProcess implements DeviceSelection.Cuda {

        @Override
        public Optional<String> defect() {
            return device.call(() -> new Cuda(0, OptionalLong.empty()).defect());
        }

        @Override
        public Optional<Long> freeBytes() {
            return device.call(CudaMemory::freeBytes);
        }
    }
}
