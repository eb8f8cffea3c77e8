package dev.headroom;

import dev.headroom.batch.BatchMeters;
import dev.headroom.batch.Batcher;
import dev.headroom.batch.Gate;
import dev.headroom.device.CudaMemory;
import dev.headroom.device.Gpu;
import dev.headroom.device.Hardware;
import dev.headroom.device.HardwareProbe;
import dev.headroom.device.VisibleDevices;
import dev.headroom.model.BrokenModelException;
import dev.headroom.model.DeviceThread;
import dev.headroom.model.ExecutionProvider;
import dev.headroom.model.ExecutionProvider.Cpu;
import dev.headroom.model.ExecutionProvider.Cuda;
import dev.headroom.model.Model;
import dev.headroom.model.ModelRepository;
import dev.headroom.model.ModelSpec;
import dev.headroom.model.OnnxModel;
import dev.headroom.model.OrtRuntime;
import dev.headroom.plan.DeviceSelection;
import dev.headroom.plan.HeadroomConfig;
import dev.headroom.plan.ModelPlan;
import dev.headroom.plan.PlanMeters;
import dev.headroom.plan.PlanRefusedException;
import dev.headroom.plan.PlanReport;
import dev.headroom.plan.Planner;
import dev.headroom.plan.ServingDevice;
import dev.headroom.task.Pipeline;
import dev.headroom.task.Pipelines;
import dev.headroom.task.Workers;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.quarkus.runtime.configuration.MemorySize;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.eclipse.microprofile.config.Config;
import org.jboss.logging.Logger;

/** Probe, plan, open the models, warm up; the one class that sees every package. */
@Singleton
class Bootstrap {

    private static final Logger LOG = Logger.getLogger("dev.headroom");

    private final HeadroomConfig config;
    private final VisibleDevices visible;
    private final List<Model> models = new ArrayList<>();
    private final DeviceThread device = new DeviceThread("0");
    private PlanReport report;

    Bootstrap(HeadroomConfig config, Config environment) {
        this.config = config;
        // Raw, because an empty value hides every device while an unset one hides none.
        this.visible = new VisibleDevices(
                environment.getConfigValue("CUDA_VISIBLE_DEVICES").getRawValue(),
                environment.getConfigValue("NVIDIA_VISIBLE_DEVICES").getRawValue());
    }

    void start(@Observes StartupEvent event, Pipelines pipelines, MeterRegistry registry) {
        try {
            List<ModelSpec> specs = new ModelRepository(config.models()).scan();
            report = plan(specs);
            LOG.info(report.text());
            new PlanMeters(report).bindTo(registry);
            pipelines.open(open(specs, registry));
        } catch (BrokenModelException | PlanRefusedException e) {
            // Quarkus prints the message of this one alone, without a stack trace.
            throw new ConfigurationException(e.getMessage());
        } catch (LinkageError e) {
            throw new ConfigurationException(
                    "A native library cannot be loaded (%s). ONNX Runtime's is unpacked into the temporary folder (-Djava.io.tmpdir) unless -Donnxruntime.native.path names a folder that holds it, the tokeniser's into ~/.djl.ai (DJL_CACHE_DIR): make them writable, with 100 MB of room."
                            .formatted(rootMessage(e)));
        }
    }

    private static String rootMessage(Throwable failure) {
        return failure.getCause() == null ? String.valueOf(failure.getMessage()) : rootMessage(failure.getCause());
    }

    /** What {@code GET /plan} shows; it is there before the port opens. */
    @Produces
    @Dependent
    PlanReport report() {
        return report;
    }

    void drain(@Observes ShutdownDelayInitiatedEvent event, Pipelines pipelines) {
        pipelines.drain();
    }

    void stop(@Observes ShutdownEvent event, Pipelines pipelines) {
        pipelines.close();
        models.forEach(model -> device.execute(model::close));
        device.close();
    }

    private PlanReport plan(List<ModelSpec> specs) {
        Hardware hardware = HardwareProbe.probe(visible);
        ServingDevice serving =
                new DeviceSelection(config.device(), hardware).select(new CudaOfThisProcess(cudaIndex(hardware)));
        Planner planner = new Planner(
                serving, hardware.host().cores(), Runtime.getRuntime().maxMemory(), config);
        List<ModelPlan> plans = specs.stream()
                .map(ModelSpec::demand)
                .map(demand -> new ModelPlan(demand, planner.plan(demand)))
                .toList();
        return new PlanReport(hardware, serving, plans);
    }

    private List<Pipeline> open(List<ModelSpec> specs, MeterRegistry registry) {
        ExecutionProvider provider = provider();
        Gate gate = new Gate(device);
        Workers workers = new Workers(report.plans().stream()
                .mapToInt(planned -> planned.plan().workers().asInt())
                .max()
                .orElseThrow());
        List<Pipeline> pipelines = new ArrayList<>();
        for (int i = 0; i < specs.size(); i++) {
            ModelSpec spec = specs.get(i);
            Model model = device.call(() -> OnnxModel.open(spec, provider));
            models.add(model);
            BatchMeters meters = new BatchMeters(registry, spec.name());
            Batcher batcher = new Batcher(model, gate, report.plans().get(i).plan(), meters);
            Pipeline pipeline = new Pipeline(spec.task(), model, batcher, workers);
            device.run(pipeline::warmUp);
            pipelines.add(pipeline);
        }
        return pipelines;
    }

    private ExecutionProvider provider() {
        Optional<MemorySize> limit = config.memory().limit();
        if (report.device().gpu()) {
            return new Cuda(
                    cudaIndex(report.hardware()),
                    limit.map(MemorySize::asLongValue).map(OptionalLong::of).orElse(OptionalLong.empty()));
        }
        limit.ifPresent(size -> device.run(() -> OrtRuntime.capCpuArena(size.asLongValue())));
        return new Cpu(report.hardware().host().cores(), limit.isPresent());
    }

    private static int cudaIndex(Hardware hardware) {
        return hardware.gpus().stream().mapToInt(Gpu::index).findFirst().orElse(0);
    }

    /** CUDA, asked on the device's thread like everything else. */
    private final class CudaOfThisProcess implements DeviceSelection.Cuda {

        private final int index;

        private CudaOfThisProcess(int index) {
            this.index = index;
        }

        @Override
        public Optional<String> defect() {
            return device.call(() -> new Cuda(index, OptionalLong.empty()).defect());
        }

        @Override
        public Optional<Long> freeBytes() {
            return device.call(() -> CudaMemory.freeBytes(index));
        }
    }
}
