package dev.headroom.serving;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.device.Gpu;
import dev.headroom.device.GpuMemory;
import dev.headroom.device.GpuMemoryHeld;
import dev.headroom.device.GpuMemoryReader;
import dev.headroom.device.Hardware;
import dev.headroom.device.Host;
import dev.headroom.generation.TextModels;
import dev.headroom.measured.LearnedLimit;
import dev.headroom.measured.LearnedLimits;
import dev.headroom.measured.StateStore;
import dev.headroom.model.ModelRepository;
import dev.headroom.model.ModelSpec;
import dev.headroom.plan.ServingDevice;
import dev.headroom.session.OrtArena;
import dev.headroom.settings.Configs;
import dev.headroom.settings.HeadroomConfig;
import dev.headroom.task.Pipeline;
import dev.headroom.task.Preparation;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The real model on a thread of the CPU that tells of its memory as a GPU does, by a driver that hangs once it serves. */
@Timeout(120)
class HangingDriverTest {

    private static final String READER = "headroom-memory-hanging-test";
    private static final Gpu GPU = new Gpu(
            0, "GPU-0", "a GPU", new GpuMemory(1L << 30, 1L << 30, 0), "8.9", "550.54.15", "12.4", false, false);
    private static final Host HOST = new Host(1, "a CPU", 1L << 30, 1L << 30, "RAM");
    private static final ServingDevice DEVICE =
            new ServingDevice(false, "a CPU", "", 1L << 30, 1L << 30, "test").counted(1);

    @TempDir
    private Path state;

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final CountDownLatch hung = new CountDownLatch(1);
    private final CountDownLatch end = new CountDownLatch(1);
    private final DeviceThreads threads = new DeviceThreads(0);
    private final GpuMemoryReader reader = new GpuMemoryReader(READER, this::read, Duration.ofMillis(1));
    private volatile boolean hangs;
    private LivePlan plan;
    private ServedModels models;
    private Watches watches;

    private Optional<GpuMemory> read() {
        if (hangs) {
            hung.countDown();
            await(end);
        }
        return Optional.of(new GpuMemory(1L << 30, 600L << 20, 400L << 20));
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @BeforeEach
    void serve() throws InterruptedException {
        HeadroomConfig config =
                Configs.of("headroom.models", "models", "headroom.lanes", "1", "headroom.state-dir", state.toString());
        threads.first().call(() -> OrtArena.cpu(500L << 20));
        while (reader.last().isEmpty()) {
            reader.now();
        }
        ServedDevice device = new ServedDevice(
                new DeviceAccess(threads, false, Optional.empty(), OptionalLong.empty()),
                new GpuMemoryHeld(GPU, reader));
        List<ModelSpec> specs = new ModelRepository(Path.of("models")).scan();
        plan = new LivePlan(
                new Machine(new Hardware(List.of(), HOST, List.of()), DEVICE, Map.of()),
                specs,
                config,
                config.stateDir());
        Preparation preparation = Preparation.by(2, 2, config.input());
        models = new ServedModels(plan, List.of(device), preparation);
        models.lifecycle().open();
        models.serve(registry, fetches -> {});
        new DeviceMeters(models).bindTo(registry);
        watches = new Watches(models, registry);
        hangs = true;
        watches.start();
        hung.await();
    }

    @AfterEach
    void stop() {
        end.countDown();
        threads.close();
    }

    @Test
    void nobodyWaitsForADriverThatHangs() {
        Pipeline pipeline = models.catalog().graphs().values().iterator().next();
        pipeline.batcher()
                .orElseThrow()
                .restore(new LearnedLimits(
                        Instant.now(), 1L << 30, Optional.of(new LearnedLimit(64, 64)), Optional.empty()));

        for (int scrape = 0; scrape < 10; scrape++) {
            registry.getMeters().stream().map(Meter::measure).forEach(all -> all.forEach(one -> one.getValue()));
        }
        assertEquals(
                64,
                registry.get("headroom.plan").tag("setting", "elements").gauge().value(),
                "what was learned is shown");
        assertTrue(registry.get("headroom.device.memory.age").gauge().value() > 0);
        PlanReport report = models.report();
        assertEquals(64, report.models().getFirst().planned().plan().elements().value());

        Pipelines pipelines = new Pipelines(new TextModels());
        pipelines.open(models);
        assertTrue(pipelines.ready());
        assertEquals(Optional.empty(), pipelines.defect());
        assertEquals(List.of(), pipelines.losses());

        plan.graphs().all().forEach(ServedModel::keepLearned);
        assertEquals(
                Optional.of(64L),
                StateStore.limits(Optional.of(state))
                        .load(plan.graphs().all().getFirst().key())
                        .flatMap(LearnedLimits::elements)
                        .map(LearnedLimit::most));
        assertEquals(1, reading(), "one thread waits for the driver, however often it is asked");

        pipelines.close();
        watches.close();
        models.close();
        assertEquals(1, reading(), "the end waited for nobody");
    }

    private static long reading() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals(READER))
                .count();
    }
}
