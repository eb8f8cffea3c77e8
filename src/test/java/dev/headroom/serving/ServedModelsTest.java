package dev.headroom.serving;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.device.DeviceMemory;
import dev.headroom.device.Hardware;
import dev.headroom.device.Host;
import dev.headroom.model.ModelRepository;
import dev.headroom.model.ModelSpec;
import dev.headroom.plan.Plan;
import dev.headroom.plan.ServingDevice;
import dev.headroom.request.Item;
import dev.headroom.request.Outcome;
import dev.headroom.request.Urgency;
import dev.headroom.serving.ServedDevice.Opened;
import dev.headroom.session.CpuArena;
import dev.headroom.session.DeviceThread;
import dev.headroom.settings.Configs;
import dev.headroom.settings.HeadroomConfig;
import dev.headroom.task.Answer;
import dev.headroom.task.Input;
import dev.headroom.task.ModelTask;
import dev.headroom.task.Options;
import dev.headroom.task.Pipeline;
import dev.headroom.task.Preparation;
import dev.headroom.task.TaskFiles;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

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
    private static final Preparation PREPARATION = Preparation.by(2, 2, CONFIG.input());
    private static final Host HOST = new Host(1, "a CPU", 1L << 30, 1L << 30, "RAM");
    private static final ServingDevice DEVICE = new ServingDevice(false, "two CPUs", "", 1L << 30, 1L << 30, 2, "test");

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final List<DeviceThreads> threads = List.of(new DeviceThreads(0), new DeviceThreads(1));
    private final DeviceMemory memory = threads.getFirst().first().call(() -> new CpuArena(500L << 20));
    private final List<ServedDevice> devices = threads.stream()
            .map(of -> new DeviceAccess(of, false, Optional.empty(), OptionalLong.empty()))
            .map(access -> new ServedDevice(access, memory))
            .toList();
    private LivePlan plan;
    private ServedModels models;

    @BeforeEach
    void open() throws InterruptedException {
        List<ModelSpec> specs = new ModelRepository(Path.of("models")).scan();
        plan = new LivePlan(new Hardware(List.of(), HOST, List.of()), DEVICE, specs, CONFIG);
        models = new ServedModels(plan, devices, PREPARATION, fetches -> {});
        models.take(specs.stream().map(this::open).toList(), registry);
        models.follow();
    }

    private OpenedModel open(ModelSpec spec) {
        Plan planned = plan.plans().getFirst().plan();
        List<Opened> opened = DeviceThread.joinAll(
                devices.stream().map(device -> device.open(spec, planned)).toList());
        ModelTask task =
                new ModelTask(TaskFiles.read(spec.task()), opened.getFirst().model(), PREPARATION);
        OpenedModel model = OpenedModel.of(task, opened);
        model.warmUp();
        return model;
    }

    @AfterEach
    void close() {
        models.pipelines().forEach(Pipeline::close);
        models.close();
        threads.forEach(DeviceThreads::close);
    }

    private List<Item<Answer>> embed(int count) {
        List<Pipeline.Entry> texts = IntStream.range(0, count)
                .mapToObj(i -> new Pipeline.Entry("text " + i, new Input.Text("A text about the number " + i)))
                .toList();
        return models.pipelines().getFirst().run(texts, Options.USUAL, Urgency.INTERACTIVE);
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
        assertEquals(Optional.of("a thread of the device has ended"), models.defect(devices.getFirst()));
        assertEquals(Optional.empty(), models.defect(devices.getLast()));

        new DeviceWatch(devices.getFirst().gate(), () -> models.defect(devices.getFirst()), models::longestRun).run();
        assertAnswered(embed(16));
        assertEquals(Optional.empty(), models.pipelines().getFirst().batcher().defect());
        Pipelines pipelines = new Pipelines();
        pipelines.open(models.pipelines());
        assertTrue(pipelines.ready());
        assertEquals(List.of("The device: a thread of the device has ended"), pipelines.losses());
        assertEquals(devices.getLast().gate(), models.gates().serving().getFirst());
    }

    @Test
    void theyAreMeteredAndCounted() {
        new DeviceMeters(devices).bindTo(registry);
        devices.getFirst().gate().lose("the test's");
        for (String state : List.of("serving", "lost")) {
            assertEquals(
                    1,
                    registry.get("headroom.devices").tag("state", state).gauge().value());
        }
        PlanReport report = plan.report();
        assertEquals(2, report.device().count());
        assertEquals(1, report.serving(models.gates().serving().size()).device().count());
    }
}
