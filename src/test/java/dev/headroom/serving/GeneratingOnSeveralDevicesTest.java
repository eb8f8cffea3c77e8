package dev.headroom.serving;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import dev.headroom.model.ModelRepository;
import dev.headroom.model.ModelSpec;
import dev.headroom.model.Residence;
import dev.headroom.plan.ServingDevice;
import dev.headroom.request.Failure;
import dev.headroom.request.RequestFailedException;
import dev.headroom.request.Urgency;
import dev.headroom.session.LlamaForm;
import dev.headroom.session.OrtArena;
import dev.headroom.session.TinyLlama;
import dev.headroom.settings.Configs;
import dev.headroom.settings.HeadroomConfig;
import dev.headroom.settings.PlanRefusedException;
import dev.headroom.task.Pipeline;
import dev.headroom.task.Preparation;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A model that generates text beside one that runs batches, on two devices that differ: threads of the CPU. */
@Timeout(120)
class GeneratingOnSeveralDevicesTest {

    private static final HeadroomConfig CONFIG =
            Configs.of("headroom.models", "models", "headroom.lanes", "1", "headroom.memory.reserved", "0");
    private static final ModelSpec MINILM =
            new ModelRepository(Path.of("models")).scan().getFirst();
    private static final Preparation PREPARATION = Preparation.by(2, 2, CONFIG.input());
    private static final Host HOST = new Host(1, "a CPU", 1L << 30, 1L << 30, "RAM");
    private static final long LARGE = 800L << 20;
    private static final long MIDDLE = 500L << 20;

    @TempDir
    private Path folder;

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final List<DeviceThreads> threads = List.of(new DeviceThreads(0), new DeviceThreads(1));
    private final DeviceMemory memory = threads.getFirst().first().call(() -> OrtArena.cpu(LARGE));
    private final List<ServedDevice> devices = threads.stream()
            .map(of -> new DeviceAccess(of, false, Optional.empty(), OptionalLong.empty()))
            .map(access -> new ServedDevice(access, memory))
            .toList();
    private ModelSpec llama;
    private LivePlan plan;
    private ServedModels models;

    @BeforeEach
    void write() {
        llama = TinyLlama.write(folder.resolve("llama"), LlamaForm.SHARED);
    }

    private static ServingDevice device(String name, long bytes) {
        return new ServingDevice(false, name, "", bytes, bytes, "test").counted(2);
    }

    /** Plans for a device of so many bytes, and for a second one that differs. */
    private void plan(List<ModelSpec> specs, long first, long second) {
        Machine machine = new Machine(
                new Hardware(List.of(), HOST, List.of()), device("one", first), Map.of(1, device("two", second)));
        plan = new LivePlan(machine, specs, CONFIG, Optional.empty());
        models = new ServedModels(plan, devices, PREPARATION);
    }

    private void serve() throws InterruptedException {
        models.lifecycle().open();
        models.lifecycle().warmUp();
        models.serve(registry, fetches -> {});
    }

    @AfterEach
    void close() {
        if (models != null) {
            models.catalog().graphs().values().forEach(Pipeline::close);
            models.close();
        }
        threads.forEach(DeviceThreads::close);
    }

    private GenerationReport report() {
        return plan.report(0).generating("llama").orElseThrow();
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

    private Ending generate(int... prompt) {
        TextModel text = models.generating().byName().get("llama");
        Ending ending = new Ending(new CompletableFuture<>());
        text.generate(new GenerationRequest(prompt, Sampling.GREEDY, 5, Stopping.AT_ENDS, Urgency.INTERACTIVE), ending);
        return ending;
    }

    private double read(int device) {
        return registry.get("headroom.generation.tokens")
                .tags("model", "llama", "kind", "prompt", "device", Integer.toString(device))
                .counter()
                .count();
    }

    @Test
    void bothContinueTextAndWhereOneIsLostTheOther() throws InterruptedException {
        plan(List.of(MINILM, llama), MIDDLE, LARGE);
        serve();
        while (read(0) == 0 || read(1) == 0) {
            IntStream.range(0, 16)
                    .mapToObj(i -> generate(2 + i, 3, 4))
                    .toList()
                    .forEach(ending -> assertEquals(Optional.empty(), ending.end.join()));
        }
        devices.getFirst().gate().lose("the test's");
        double before = read(0);
        assertEquals(Optional.empty(), generate(9, 8, 7).end.join());
        assertEquals(before, read(0));
        Pipelines pipelines = new Pipelines(new TextModels());
        pipelines.open(models);
        assertEquals(List.of("The device: the test's"), pipelines.losses());
        assertTrue(pipelines.ready());
        devices.getLast().gate().lose("the test's");
        assertEquals(
                Failure.Unavailable.deviceLost(),
                assertThrows(RequestFailedException.class, () -> generate(2)).failure());
        assertTrue(pipelines.defect().isPresent());
    }

    /** Neither the text's part nor the batches' is of memory that the other has. */
    @Test
    void eachDevicesMemoryIsPlannedByItself() throws InterruptedException {
        plan(List.of(MINILM, llama), MIDDLE, LARGE);
        serve();
        long first = report().plan().memory().value();
        long second = report().unlike().get(1).memory().value();
        assertEquals(first + (LARGE - MIDDLE) / 2, second, "beside batches half of what all weights leave");
        ServedModel minilm = plan.graphs().all().getFirst();
        long batch = minilm.plan().memory().value();
        long secondBatch = minilm.own().byNumber().get(1).memory().value();
        assertTrue(batch + first <= MIDDLE && secondBatch + second <= LARGE, batch + ", " + secondBatch);
        assertTrue(secondBatch > batch + (100 << 20), batch + ", " + secondBatch);
        assertTrue(report().text().contains("on device 1"), () -> report().text());
    }

    @Test
    void aDeviceThatIsTooSmallForItIsLeftOutWithTheReason() throws InterruptedException {
        plan(List.of(llama), LARGE, llama.weightBytes());
        assertEquals(Map.of(), report().unlike());
        assertTrue(
                report().remarks().getFirst().startsWith("No text is generated on GPU 1 (two): The model llama"),
                report().remarks().toString());
        serve();
        assertEquals(Optional.empty(), generate(2, 3, 4).end.join());
        assertEquals(3, read(0));
        assertTrue(registry.find("headroom.generation.tokens")
                .tag("device", "1")
                .meters()
                .isEmpty());
    }

    @Test
    void theDeviceOfTheModelsPlansMayBeTheOneThatIsTooSmall() {
        plan(List.of(MINILM, llama), MINILM.weightBytes() + (40 << 20), LARGE);
        long minilmBeside = plan.graphs().all().getFirst().plan().memory().value();
        plan(List.of(MINILM, wide()), MINILM.weightBytes() + (40 << 20), LARGE);
        assertTrue(
                report().remarks().getFirst().startsWith("No text is generated on one: The model llama"),
                report().remarks().toString());
        assertTrue(report().plan().memory().value() > (300 << 20));
        assertEquals(Map.of(), report().unlike());
        long minilm = plan.graphs().all().getFirst().plan().memory().value();
        assertTrue(minilm > minilmBeside, minilm + " instead of " + minilmBeside + ", all that is there");
    }

    /** The first device has all of its memory for batches, the second hardly any. */
    @Test
    void batchesFitOnTheDeviceToo() {
        long weights = MINILM.weightBytes() + wide().weightBytes();
        assertThrows(
                PlanRefusedException.class,
                () -> plan(List.of(pinned(MINILM), wide()), MINILM.weightBytes() + (40 << 20), weights + (6 << 20)));
        plan(List.of(MINILM, wide()), MINILM.weightBytes() + (40 << 20), weights + (6 << 20));
        assertEquals(List.of(), plan.graphs().all());
        assertTrue(plan.residency().budgetBytes() < MINILM.weightBytes() + (6 << 20));
    }

    /** A model that is to be open from the start. */
    private static ModelSpec pinned(ModelSpec model) {
        return new ModelSpec(
                model.name(),
                model.names(),
                model.graph(),
                model.task(),
                model.memory(),
                model.weight(),
                model.batch(),
                model.remarks(),
                model.origin(),
                new Residence(true, Optional.of(Residence.Opening.START)));
    }

    /** One of some 50 MiB. */
    private ModelSpec wide() {
        return TinyLlama.write(folder.resolve("wide/llama"), LlamaForm.SHARED, 2, 768);
    }

    @Test
    void itIsRefusedWhereItFitsOnNoDevice() {
        PlanRefusedException refused =
                assertThrows(PlanRefusedException.class, () -> plan(List.of(llama), 1 << 10, 2 << 10));
        assertTrue(refused.getMessage().startsWith("The model llama cannot generate text here"), refused.getMessage());
    }
}
