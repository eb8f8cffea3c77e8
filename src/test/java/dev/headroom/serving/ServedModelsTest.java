package dev.headroom.serving;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.device.DeviceMemory;
import dev.headroom.device.Hardware;
import dev.headroom.device.Host;
import dev.headroom.generation.TextModels;
import dev.headroom.model.ModelRepository;
import dev.headroom.model.ModelSpec;
import dev.headroom.model.Residence;
import dev.headroom.model.file.BrokenModelException;
import dev.headroom.plan.Plan;
import dev.headroom.plan.ServingDevice;
import dev.headroom.request.Item;
import dev.headroom.request.Outcome;
import dev.headroom.request.Urgency;
import dev.headroom.session.OrtArena;
import dev.headroom.settings.Configs;
import dev.headroom.settings.HeadroomConfig;
import dev.headroom.task.Answer;
import dev.headroom.task.DualEncoders;
import dev.headroom.task.Input;
import dev.headroom.task.NamedModel;
import dev.headroom.task.Options;
import dev.headroom.task.Pipeline;
import dev.headroom.task.Preparation;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real model on two devices, which are threads of the CPU: from the opening to the end of one of them. */
class ServedModelsTest {

    private static final HeadroomConfig CONFIG = Configs.of(
            "headroom.models",
            "models",
            "headroom.lanes",
            "1",
            "headroom.batch.max-items",
            "4",
            "headroom.timeout",
            "60s");
    private static final ModelSpec FIRST =
            new ModelRepository(Path.of("models")).scan().getFirst();
    private static final ModelSpec SECOND = onDemand("second", List.of("second"), FIRST);
    private static final Preparation PREPARATION = Preparation.by(2, 2, CONFIG.input());
    private static final Host HOST = new Host(1, "a CPU", 1L << 30, 1L << 30, "RAM");
    private static final ServingDevice DEVICE =
            new ServingDevice(false, "two CPUs", "", 1L << 30, 1L << 30, "test").counted(2);

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final List<DeviceThreads> threads = List.of(new DeviceThreads(0), new DeviceThreads(1));
    private final DeviceMemory memory = threads.getFirst().first().call(() -> OrtArena.cpu(500L << 20));
    private final List<ServedDevice> devices = threads.stream()
            .map(of -> new DeviceAccess(of, false, Optional.empty(), OptionalLong.empty()))
            .map(access -> new ServedDevice(access, memory))
            .toList();
    private LivePlan plan;
    private ServedModels models;

    private static ModelSpec onDemand(String name, List<String> names, ModelSpec like) {
        return new ModelSpec(
                name,
                names,
                like.graph(),
                like.task(),
                like.memory(),
                like.weight(),
                like.batch(),
                like.remarks(),
                like.origin(),
                new Residence(false, Optional.of(Residence.Opening.ON_DEMAND)));
    }

    /** The models of a folder, which are opened on demand. */
    private static List<ModelSpec> found(Path folder) {
        return new ModelRepository(folder)
                .scan().stream()
                        .map(spec -> onDemand(spec.name(), spec.names(), spec))
                        .toList();
    }

    /** Serves the first model; others are opened on demand. */
    private void serve(List<ModelSpec> others) throws InterruptedException {
        Machine machine = new Machine(new Hardware(List.of(), HOST, List.of()), DEVICE, Map.of());
        List<ModelSpec> all = Stream.concat(Stream.of(FIRST), others.stream()).toList();
        plan = new LivePlan(machine, all, CONFIG, CONFIG.stateDir());
        models = new ServedModels(plan, devices, PREPARATION);
        models.lifecycle().open();
        models.lifecycle().warmUp();
        models.serve(registry, fetches -> {});
    }

    @AfterEach
    void close() {
        models.catalog().graphs().values().forEach(Pipeline::close);
        models.close();
        threads.forEach(DeviceThreads::close);
    }

    private HostedModel hosted(String name) {
        return plan.hosted().named(name).orElseThrow();
    }

    /** The names of the graphs that are open. */
    private List<String> open() {
        return plan.graphs().all().stream().map(ServedModel::name).toList();
    }

    private List<Item<Answer>> embed(int count) {
        return embed(models.catalog().graphs().get(FIRST.name()), count);
    }

    private static List<Item<Answer>> embed(Pipeline pipeline, int count) {
        List<Pipeline.Entry> texts = IntStream.range(0, count)
                .mapToObj(i -> new Pipeline.Entry("text " + i, new Input.Text("A text about the number " + i)))
                .toList();
        return pipeline.run(texts, Options.USUAL, Urgency.INTERACTIVE);
    }

    private static void assertAnswered(List<Item<Answer>> items) {
        items.forEach(
                item -> assertInstanceOf(Outcome.Answered.class, item.outcome().join()));
    }

    private boolean bothWereBusy() {
        return devices.stream().allMatch(device -> device.gate().busy().isPositive());
    }

    @Test
    void bothDevicesServeAndWhereOneIsLostTheOther() throws InterruptedException {
        serve(List.of());
        while (!bothWereBusy()) {
            assertAnswered(embed(16));
        }
        threads.getFirst().first().close();
        Watches watches = new Watches(models, registry);
        assertEquals(Optional.of("a thread of the device has ended"), watches.defect(devices.getFirst()));
        assertEquals(Optional.empty(), watches.defect(devices.getLast()));

        new DeviceWatch(devices.getFirst().gate(), () -> watches.defect(devices.getFirst()), watches::longestRun).run();
        assertAnswered(embed(16));
        assertEquals(
                Optional.empty(),
                models.catalog()
                        .graphs()
                        .get(FIRST.name())
                        .batcher()
                        .orElseThrow()
                        .gates()
                        .lost());
        Pipelines pipelines = new Pipelines(new TextModels());
        pipelines.open(models);
        assertTrue(pipelines.ready());
        assertEquals(List.of("The device: a thread of the device has ended"), pipelines.losses());
        assertEquals(
                devices.getLast().gate(), models.devices().gates().serving().getFirst());
    }

    @Test
    void whereADeviceIsLostModelsAreOpenedAndClosedOnTheOther() throws InterruptedException {
        serve(List.of(SECOND));
        threads.getFirst().first().close();
        devices.getFirst().gate().lose("the test's");
        models.lifecycle().open(hosted("second"));
        assertAnswered(embed(models.catalog().graphs().get("second"), 16));
        assertAnswered(embed(16));
        models.lifecycle().evict(hosted("second"), "a test");
        models.lifecycle().evict(hosted(FIRST.name()), "a test");
        assertEquals(List.of(), open());
    }

    @Test
    void theyAreMeteredAndCounted() throws InterruptedException {
        serve(List.of());
        new DeviceMeters(models).bindTo(registry);
        devices.getFirst().gate().lose("the test's");
        for (String state : List.of("serving", "lost")) {
            assertEquals(
                    1,
                    registry.get("headroom.devices").tag("state", state).gauge().value());
        }
        assertEquals(2, plan.report(0).device().count());
        assertEquals(1, models.report().device().count());
    }

    /** A batch that has grown under load holds on all devices but those that have plans of their own. */
    @Test
    void aDeviceFollowsTheModelsPlanUnlessItDiffers() throws InterruptedException {
        serve(List.of());
        ServedModel model = plan.graphs().all().getFirst();
        Plan grown = model.plan().grown(77);
        assertEquals(77, grown.batch().asInt());
        model.sessions()
                .all()
                .forEach(session -> assertSame(grown, session.placement().plan().apply(grown)));

        Plan own = model.plan().grown(5);
        model.own().force(Map.of(1, own));
        assertSame(grown, model.sessions().all().get(0).placement().plan().apply(grown));
        assertSame(own, model.sessions().all().get(1).placement().plan().apply(grown));
    }

    private long meters(String model) {
        return registry.getMeters().stream()
                .filter(meter -> model.equals(meter.getId().getTag("model")))
                .count();
    }

    private long gauges(String model) {
        return registry.getMeters().stream()
                .filter(meter -> model.equals(meter.getId().getTag("model")))
                .filter(meter -> meter.getId().getType() == Meter.Type.GAUGE)
                .count();
    }

    private long turns() {
        DeviceSession session = plan.graphs().all().getFirst().sessions().all().getFirst();
        return session.device().gate().turns(session.model());
    }

    private long bytesOfBatches() {
        return plan.graphs().all().getFirst().plan().memory().value();
    }

    @Test
    void aModelIsOpenedAndClosedWhileTheOtherServes() throws InterruptedException {
        serve(List.of(SECOND));
        long held = memory.heldBytes();
        long turns = turns();
        long bytesAlone = bytesOfBatches();
        long metersOfOne = meters(FIRST.name());
        for (int time = 0; time < 2; time++) {
            List<Item<Answer>> beside = embed(16);
            models.lifecycle().open(hosted("second"));
            assertEquals(List.of(FIRST.name(), "second"), open());
            assertTrue(memory.heldBytes() > held + (40L << 20), "its weights, on both devices");
            assertEquals(metersOfOne, meters("second"));
            assertTrue(bytesOfBatches() < bytesAlone, "the other makes room");
            Pipeline found = models.catalog().graphs().get("second");

            List<Item<Answer>> admitted = embed(found, 64);
            models.lifecycle().evict(hosted("second"), "a test");
            assertTrue(admitted.stream().allMatch(item -> item.outcome().isDone()), "its callers are answered");
            assertAnswered(admitted);
            assertAnswered(beside);
            assertEquals(List.of(FIRST.name()), open());
            assertEquals(0, gauges("second"));
            assertEquals(held, memory.heldBytes(), "its sessions are closed");
            assertEquals(turns, turns());
            assertEquals(bytesAlone, bytesOfBatches());
            assertAnswered(embed(16));
        }
    }

    @Test
    void theTwoGraphsOfAFolderAreOpenedAndClosedTogether(@TempDir Path folder) throws Exception {
        DualEncoders.copy("clip", folder.resolve("clip"));
        serve(found(folder));
        long held = memory.heldBytes();
        models.lifecycle().open(hosted("clip"));
        assertEquals(List.of(FIRST.name(), "clip/image", "clip/text"), open());
        assertEquals(
                List.of(FIRST.name(), "clip"),
                models.catalog().models().stream().map(NamedModel::name).toList());
        assertTrue(meters("clip/text") > 0 && meters("clip/image") > 0);
        NamedModel clip = models.catalog().named("clip").orElseThrow();
        assertAnswered(clip.run(
                List.of(
                        new Pipeline.Entry("a text", new Input.Text("a cat")),
                        new Pipeline.Entry("an image", new Input.Image(DualEncoders.image("rgb.png")))),
                Options.USUAL,
                Urgency.INTERACTIVE));
        models.lifecycle().evict(hosted("clip"), "a test");
        assertEquals(List.of(FIRST.name()), open());
        assertEquals(0, gauges("clip/text") + gauges("clip/image"));
        assertEquals(held, memory.heldBytes());
    }

    @Test
    void whereOneOfTwoGraphsDoesNotOpenNeitherIsLeft(@TempDir Path folder) throws Exception {
        Path clip = DualEncoders.copy("clip", folder.resolve("clip"));
        serve(found(folder));
        long held = memory.heldBytes();
        Files.write(clip.resolve("onnx/vision_model.onnx"), new byte[] {1, 2, 3});
        assertThrows(BrokenModelException.class, () -> models.lifecycle().open(hosted("clip")));
        assertEquals(List.of(FIRST.name()), open());
        assertEquals(0, meters("clip/text"));
        assertEquals(held, memory.heldBytes());
    }

    @Test
    void aModelThatDoesNotOpenLeavesNothing(@TempDir Path folder) throws Exception {
        Path copy = Files.createDirectory(folder.resolve("second"));
        try (Stream<Path> files = Files.list(FIRST.onnx().getParent())) {
            for (Path file : files.toList()) {
                Files.createSymbolicLink(copy.resolve(file.getFileName()), file.toAbsolutePath());
            }
        }
        serve(found(folder));
        long held = memory.heldBytes();
        Files.delete(copy.resolve(FIRST.name() + "-tokenizer.json")); // it is read while the sessions are opened
        assertThrows(BrokenModelException.class, () -> models.lifecycle().open(hosted("second")));
        assertEquals(List.of(FIRST.name()), open());
        assertEquals(0, meters("second"));
        assertEquals(held, memory.heldBytes());
        assertAnswered(embed(16));
    }

    /** A start that fails ends what it has begun, and the reason must not get lost. */
    @Test
    void modelsThatNeverServedAreEnded() throws InterruptedException {
        serve(List.of());
        ServedModels unopened = new ServedModels(plan, devices, PREPARATION);
        assertDoesNotThrow(() -> unopened.close());
    }
}
