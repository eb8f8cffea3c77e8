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
import dev.headroom.model.BrokenModelException;
import dev.headroom.model.ModelRepository;
import dev.headroom.model.ModelSpec;
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
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
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
    private static final ModelSpec SECOND = new ModelSpec(
            "second",
            List.of("second"),
            FIRST.graph(),
            FIRST.task(),
            FIRST.memory(),
            FIRST.weight(),
            FIRST.batch(),
            FIRST.remarks());
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

    @BeforeEach
    void open() throws InterruptedException {
        plan = new LivePlan(new Hardware(List.of(), HOST, List.of()), DEVICE, Map.of(), List.of(FIRST), CONFIG);
        models = new ServedModels(plan, devices, PREPARATION);
        models.open();
        models.warmUp();
        models.serve(registry, fetches -> {});
    }

    @AfterEach
    void close() {
        models.catalog().graphs().values().forEach(Pipeline::close);
        models.close();
        threads.forEach(DeviceThreads::close);
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
    void bothDevicesServeAndWhereOneIsLostTheOther() {
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
                        .defect());
        Pipelines pipelines = new Pipelines(new TextModels());
        pipelines.open(models);
        assertTrue(pipelines.ready());
        assertEquals(List.of("The device: a thread of the device has ended"), pipelines.losses());
        assertEquals(
                devices.getLast().gate(), models.devices().gates().serving().getFirst());
    }

    @Test
    void whereADeviceIsLostModelsAreOpenedAndClosedOnTheOther() throws InterruptedException {
        threads.getFirst().first().close();
        devices.getFirst().gate().lose("the test's");
        models.open(List.of(SECOND));
        assertAnswered(embed(models.catalog().graphs().get("second"), 16));
        assertAnswered(embed(16));
        models.close("second");
        models.close(FIRST.name());
        assertEquals(Map.of(), models.catalog().graphs());
        assertEquals(List.of(), models.report().names());
    }

    @Test
    void theyAreMeteredAndCounted() {
        new DeviceMeters(models).bindTo(registry);
        devices.getFirst().gate().lose("the test's");
        for (String state : List.of("serving", "lost")) {
            assertEquals(
                    1,
                    registry.get("headroom.devices").tag("state", state).gauge().value());
        }
        assertEquals(2, plan.report().device().count());
        assertEquals(1, models.report().device().count());
    }

    /** A batch that has grown under load holds on all devices but those that have plans of their own. */
    @Test
    void aDeviceFollowsTheModelsPlanUnlessItDiffers() {
        ServedModel model = plan.models().getFirst();
        Plan grown = model.plan().grown(77);
        assertEquals(77, grown.batch().asInt());
        model.sessions()
                .forEach(session -> assertSame(grown, session.placement().plan().apply(grown)));

        Plan own = model.plan().grown(5);
        model.planUnlike(Map.of(1, own));
        assertSame(grown, model.sessions().get(0).placement().plan().apply(grown));
        assertSame(own, model.sessions().get(1).placement().plan().apply(grown));
    }

    private long meters(String model) {
        return registry.getMeters().stream()
                .filter(meter -> model.equals(meter.getId().getTag("model")))
                .count();
    }

    private long turns() {
        DeviceSession session = plan.models().getFirst().sessions().getFirst();
        return session.device().gate().turns(session.model());
    }

    private long bytesOfBatches() {
        return plan.models().getFirst().plan().memory().value();
    }

    @Test
    void aModelIsOpenedAndClosedWhileTheOtherServes() throws InterruptedException {
        long held = memory.heldBytes();
        long turns = turns();
        long bytesAlone = bytesOfBatches();
        long metersOfOne = meters(FIRST.name());
        for (int time = 0; time < 2; time++) {
            List<Item<Answer>> beside = embed(16);
            models.open(List.of(SECOND));
            assertEquals(List.of(FIRST.name(), "second"), models.report().names());
            assertTrue(memory.heldBytes() > held + (40L << 20), "its weights, on both devices");
            assertEquals(metersOfOne, meters("second"));
            assertTrue(bytesOfBatches() < bytesAlone, "the other makes room");
            Pipeline found = models.catalog().graphs().get("second");

            List<Item<Answer>> admitted = embed(found, 64);
            models.close("second");
            assertTrue(admitted.stream().allMatch(item -> item.outcome().isDone()), "its callers are answered");
            assertAnswered(admitted);
            assertAnswered(beside);
            assertEquals(Set.of(FIRST.name()), models.catalog().graphs().keySet());
            assertEquals(List.of(FIRST.name()), models.report().names());
            assertEquals(0, meters("second"));
            assertEquals(held, memory.heldBytes(), "its sessions are closed");
            assertEquals(turns, turns());
            assertEquals(bytesAlone, bytesOfBatches());
            assertInstanceOf(
                    Outcome.Failed.class,
                    embed(found, 1).getFirst().outcome().join(),
                    "a request that found it before");
            assertAnswered(embed(16));
        }
        assertThrows(IllegalStateException.class, () -> models.open(List.of(FIRST)));
        assertThrows(NoSuchElementException.class, () -> models.close("second"));
    }

    @Test
    void theTwoGraphsOfAFolderAreOpenedAndClosedTogether(@TempDir Path folder) throws Exception {
        long held = memory.heldBytes();
        DualEncoders.copy("clip", folder.resolve("clip"));
        models.open(new ModelRepository(folder).scan());
        assertEquals(
                List.of(FIRST.name(), "clip/image", "clip/text"),
                models.report().names());
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
        models.close("clip");
        assertEquals(List.of(FIRST.name()), models.report().names());
        assertEquals(0, meters("clip/text") + meters("clip/image"));
        assertEquals(held, memory.heldBytes());
    }

    @Test
    void whereOneOfTwoGraphsDoesNotOpenNeitherIsLeft(@TempDir Path folder) throws Exception {
        long held = memory.heldBytes();
        Path clip = DualEncoders.copy("clip", folder.resolve("clip"));
        List<ModelSpec> graphs = new ModelRepository(folder).scan();
        Files.write(clip.resolve("onnx/vision_model.onnx"), new byte[] {1, 2, 3});
        assertThrows(BrokenModelException.class, () -> models.open(graphs));
        assertEquals(List.of(FIRST.name()), models.report().names());
        assertEquals(0, meters("clip/text"));
        assertEquals(held, memory.heldBytes());
    }

    @Test
    void aModelThatDoesNotOpenLeavesNothing(@TempDir Path folder) throws IOException {
        long held = memory.heldBytes();
        Path copy = Files.createDirectory(folder.resolve("second"));
        try (Stream<Path> files = Files.list(FIRST.onnx().getParent())) {
            for (Path file : files.toList()) {
                Files.createSymbolicLink(copy.resolve(file.getFileName()), file.toAbsolutePath());
            }
        }
        ModelSpec second = new ModelRepository(folder).scan().getFirst();
        Files.delete(copy.resolve(FIRST.name() + "-tokenizer.json")); // it is read while the sessions are opened
        assertThrows(BrokenModelException.class, () -> models.open(List.of(second)));
        assertEquals(List.of(FIRST.name()), models.report().names());
        assertEquals(0, meters("second"));
        assertEquals(held, memory.heldBytes());
        assertAnswered(embed(16));
    }

    /** A start that fails ends what it has begun, and the reason must not get lost. */
    @Test
    void modelsThatNeverServedAreEnded() {
        ServedModels unopened = new ServedModels(plan, devices, PREPARATION);
        assertDoesNotThrow(() -> unopened.close());
    }
}
