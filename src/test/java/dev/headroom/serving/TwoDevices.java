package dev.headroom.serving;

import dev.headroom.device.DeviceMemory;
import dev.headroom.device.Hardware;
import dev.headroom.device.Host;
import dev.headroom.generation.GenerationListener;
import dev.headroom.generation.GenerationRequest;
import dev.headroom.generation.Stopping;
import dev.headroom.generation.TextModel;
import dev.headroom.generation.TextModels;
import dev.headroom.generation.sampling.Choice;
import dev.headroom.generation.sampling.Sampling;
import dev.headroom.model.ModelSpec;
import dev.headroom.plan.ServingDevice;
import dev.headroom.request.Failure;
import dev.headroom.request.Urgency;
import dev.headroom.session.OrtArena;
import dev.headroom.settings.Configs;
import dev.headroom.settings.HeadroomConfig;
import dev.headroom.task.Pipeline;
import dev.headroom.task.Preparation;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

/** Models on two devices, which are threads of the CPU: planned, and served where a test wants that. */
final class TwoDevices implements AutoCloseable {

    static final long LARGE = 800L << 20;
    static final long MIDDLE = 500L << 20;

    private static final HeadroomConfig CONFIG =
            Configs.of("headroom.models", "models", "headroom.lanes", "1", "headroom.memory.reserved", "0");
    private static final Host HOST = new Host(1, "a CPU", 1L << 30, 1L << 30, "RAM");

    final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    final LivePlan plan;
    final ServedModels models;
    private final List<DeviceThreads> threads = List.of(new DeviceThreads(0), new DeviceThreads(1));
    private final List<ServedDevice> devices;

    /** Models on a device of so many bytes, and on a second one. */
    TwoDevices(List<ModelSpec> specs, long first, Map<Integer, ServingDevice> unlike) {
        Machine machine = new Machine(new Hardware(List.of(), HOST, List.of()), device("one", first), unlike);
        plan = new LivePlan(machine, specs, CONFIG, Optional.empty());
        DeviceMemory memory = threads.getFirst().first().call(() -> OrtArena.cpu(LARGE));
        devices = List.of(served(0, memory), served(1, new Growing(memory, new AtomicLong())));
        models = new ServedModels(plan, devices, Preparation.by(2, 2, CONFIG.input()));
    }

    /** Two that differ. */
    static TwoDevices of(List<ModelSpec> specs, long first, long second) {
        return new TwoDevices(specs, first, Map.of(1, device("two", second)));
    }

    private ServedDevice served(int number, DeviceMemory memory) {
        return new ServedDevice(
                new DeviceAccess(threads.get(number), false, Optional.empty(), OptionalLong.empty()), memory);
    }

    /** Some bytes more are held at each look, so that a model takes more there than on the first device. */
    private record Growing(DeviceMemory memory, AtomicLong looks) implements DeviceMemory {

        @Override
        public long heldBytes() {
            return memory.heldBytes() + 4096 * looks.incrementAndGet();
        }

        @Override
        public long totalBytes() {
            return memory.totalBytes();
        }
    }

    private static ServingDevice device(String name, long bytes) {
        return new ServingDevice(false, name, "", bytes, bytes, "test").counted(2);
    }

    void serve() throws InterruptedException {
        models.lifecycle().open();
        models.lifecycle().warmUp();
        models.serve(registry, fetches -> {});
    }

    /** Health's view of them. */
    Pipelines pipelines() {
        Pipelines pipelines = new Pipelines(new TextModels());
        pipelines.open(models);
        return pipelines;
    }

    DeviceAccess access(int device) {
        return devices.get(device).access();
    }

    void lose(int device) {
        devices.get(device).gate().lose("the test's");
    }

    GenerationReport report() {
        return plan.report(0).generating("llama").orElseThrow();
    }

    /** Has a prompt continued by five tokens; returns how it ends. */
    CompletableFuture<Optional<Failure>> generate(int... prompt) {
        TextModel text = models.generating().byName().get("llama");
        Ending ending = new Ending(new CompletableFuture<>());
        text.generate(new GenerationRequest(prompt, Sampling.GREEDY, 5, Stopping.AT_ENDS, Urgency.INTERACTIVE), ending);
        return ending.end;
    }

    /** Tells how a sequence ended. */
    private record Ending(CompletableFuture<Optional<Failure>> end) implements GenerationListener {

        @Override
        public void text(String text, List<Choice> tokens) {}

        @Override
        public void ended(FinishReason reason, Usage usage) {
            end.complete(Optional.empty());
        }

        @Override
        public void failed(Failure failure) {
            end.complete(Optional.of(failure));
        }
    }

    /** Tokens that a device has read of prompts. */
    double read(int device) {
        return registry.get("headroom.generation.tokens")
                .tags("model", "llama", "kind", "prompt", "device", Integer.toString(device))
                .counter()
                .count();
    }

    @Override
    public void close() {
        models.catalog().graphs().values().forEach(Pipeline::close);
        models.close();
        threads.forEach(DeviceThreads::close);
    }
}
