package dev.headroom.serving;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.device.DeviceMemory;
import dev.headroom.device.Hardware;
import dev.headroom.device.Host;
import dev.headroom.gate.Gate;
import dev.headroom.measured.MemoryProfile;
import dev.headroom.model.ModelRepository;
import dev.headroom.model.ModelSpec;
import dev.headroom.model.Residence;
import dev.headroom.model.Residence.Opening;
import dev.headroom.plan.ServingDevice;
import dev.headroom.request.Failure;
import dev.headroom.request.Item;
import dev.headroom.request.Outcome;
import dev.headroom.request.Priority;
import dev.headroom.request.Urgency;
import dev.headroom.session.OrtArena;
import dev.headroom.settings.Configs;
import dev.headroom.settings.HeadroomConfig;
import dev.headroom.settings.PlanRefusedException;
import dev.headroom.task.Answer;
import dev.headroom.task.Input;
import dev.headroom.task.Options;
import dev.headroom.task.Pipeline;
import dev.headroom.task.Preparation;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Copies of the real model on a device that does not hold all of them. */
class OpeningsTest {

    /** Room for two of the models. */
    private static final long BYTES = 130L << 20;

    private static final Host HOST = new Host(1, "a CPU", BYTES, BYTES, "RAM");
    private static final ServingDevice DEVICE = new ServingDevice(false, "a small CPU", "", BYTES, BYTES, "test");
    private static final ModelSpec MODEL =
            new ModelRepository(Path.of("models")).scan().getFirst();

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final DeviceThreads threads = new DeviceThreads(0);
    private final DeviceMemory memory = threads.first().call(() -> OrtArena.cpu(500L << 20));
    private final long heldBefore = memory.heldBytes();
    private final AtomicLong most = new AtomicLong();
    private ServedModels models;
    private Thread sampler;

    private void serve(List<ModelSpec> specs, String... settings) throws InterruptedException {
        List<String> all = new ArrayList<>(
                List.of("headroom.lanes", "1", "headroom.memory.reserved", "1M", "headroom.calibration", "off"));
        all.addAll(List.of(settings));
        HeadroomConfig config = Configs.of(all.toArray(String[]::new));
        LivePlan plan = new LivePlan(
                new Machine(new Hardware(List.of(), HOST, List.of()), DEVICE, Map.of()),
                specs,
                config,
                config.stateDir());
        DeviceAccess access = new DeviceAccess(threads, false, Optional.empty(), OptionalLong.empty());
        models =
                new ServedModels(plan, List.of(new ServedDevice(access, memory)), Preparation.by(2, 2, config.input()));
        models.lifecycle().open();
        models.lifecycle().warmUp();
        models.serve(registry, fetches -> {});
        new ResidencyMeters(models).bindTo(registry);
        sampler = Thread.ofPlatform().daemon().start(() -> {
            while (!Thread.currentThread().isInterrupted()) {
                most.accumulateAndGet(memory.heldBytes() - heldBefore, Math::max);
            }
        });
    }

    @AfterEach
    void close() {
        if (models != null) {
            sampler.interrupt();
            models.catalog().graphs().values().forEach(Pipeline::end);
            models.close();
        }
        threads.close();
    }

    private static ModelSpec named(String name, Residence residence) {
        return new ModelSpec(
                name,
                List.of(name),
                MODEL.graph(),
                MODEL.task(),
                Optional.of(MemoryProfile.ofItem(45L << 20, 8L << 20, 256)),
                MODEL.weight(),
                MODEL.batch(),
                MODEL.remarks(),
                Optional.empty(),
                residence);
    }

    private static List<ModelSpec> copies(String... names) {
        return Stream.of(names).map(name -> named(name, Residence.USUAL)).toList();
    }

    private List<Item<Answer>> ask(String model, int texts, Optional<Duration> deadline) {
        List<Pipeline.Entry> entries = new ArrayList<>();
        for (int i = 0; i < texts; i++) {
            entries.add(new Pipeline.Entry("text " + i, new Input.Text("A text about the number " + i)));
        }
        return models.catalog()
                .named(model)
                .orElseThrow()
                .run(entries, Options.USUAL, new Urgency(Priority.INTERACTIVE, deadline));
    }

    private static void assertAnswered(List<Item<Answer>> items) {
        items.forEach(
                item -> assertInstanceOf(Outcome.Answered.class, item.outcome().join()));
    }

    private static Failure failure(List<Item<Answer>> items) {
        Outcome<Answer> outcome = items.getFirst().outcome().join();
        return assertInstanceOf(Outcome.Failed.class, outcome).failure();
    }

    private ModelState state(String model) {
        return hosted(model).standing().state();
    }

    private HostedModel hosted(String model) {
        return models.plan().hosted().all().stream()
                .filter(one -> one.name().equals(model))
                .findFirst()
                .orElseThrow();
    }

    private double counted(String meter, String model) {
        return registry.get(meter).tag("model", model).functionCounter().count();
    }

    @Test
    void noRequestIsLostAndTheLimitHoldsWhileModelsComeAndGo() throws InterruptedException {
        serve(copies("a", "b", "c", "d"));
        assertEquals(ModelState.OPEN, state("a"));
        assertEquals(ModelState.OPEN, state("b"));
        assertEquals(ModelState.CLOSED, state("c"));
        Random random = new Random(1);
        List<Thread> callers = new ArrayList<>();
        List<Item<Answer>> asked = new ArrayList<>();
        for (int caller = 0; caller < 4; caller++) {
            String own = List.of("a", "b", "c", "d").get(caller);
            int texts = 1 + random.nextInt(8);
            callers.add(Thread.startVirtualThread(() -> {
                for (int i = 0; i < 30; i++) {
                    List<Item<Answer>> items = ask(i % 5 == 4 ? "a" : own, texts, Optional.empty());
                    items.forEach(item -> item.outcome().join());
                    synchronized (asked) {
                        asked.addAll(items);
                    }
                }
            }));
        }
        for (Thread caller : callers) {
            caller.join();
        }
        assertAnswered(asked);
        assertTrue(most.get() <= models.plan().availableBytes(), "held " + most.get());
        assertTrue(counted("headroom.model.evictions", "a") > 0);
        long held = models.plan().hosted().all().stream()
                .mapToLong(model -> model.footprint().heldBytes())
                .sum();
        assertTrue(Math.abs(memory.heldBytes() - heldBefore - held) < 1 << 20, "what was closed is given back");
    }

    @Test
    void aRequestThatCannotWaitIsToldWhenToTryAgain() throws Exception {
        serve(List.of(
                named("a", new Residence(true, Optional.of(Opening.START))),
                named("b", new Residence(false, Optional.of(Opening.ON_DEMAND)))));
        assertAnswered(ask("b", 1, Optional.of(Duration.ofMinutes(1))));
        assertEquals(ModelState.OPEN, state("b"));
        assertEquals(ModelState.OPEN, state("a"), "it is pinned");

        models.openings().unload("b").get();
        assertEquals(ModelState.UNLOADED, state("b"));
        assertTrue(failure(ask("b", 1, Optional.empty())).detail().contains("unloaded"));
        hosted("b").accept();
        Failure late = failure(ask("b", 1, Optional.of(Duration.ofMillis(1))));
        assertEquals(
                hosted("b").opening(),
                assertInstanceOf(Failure.Unavailable.class, late).retryAfter());
        models.openings().load("b").get();
        assertAnswered(ask("b", 1, Optional.of(Duration.ofSeconds(20))));
    }

    @Test
    void modelsThatMustBeOpenAndDoNotFitTogetherStopTheStart() {
        List<ModelSpec> pinned = Stream.of("a", "b", "c")
                .map(name -> named(name, new Residence(true, Optional.empty())))
                .toList();
        String refusal =
                assertThrows(PlanRefusedException.class, () -> serve(pinned)).getMessage();
        assertTrue(refusal.startsWith("c says that it is open from the start on"), refusal);
    }

    @Test
    void othersAreAnsweredWhileAModelOpens() throws InterruptedException {
        serve(List.of(
                named("a", new Residence(true, Optional.empty())),
                named("b", Residence.USUAL),
                named("c", Residence.USUAL)));
        List<Item<Answer>> waiting = ask("c", 1, Optional.empty());
        while (state("c") != ModelState.OPENING) {
            Thread.onSpinWait();
        }
        int answered = 0;
        for (; state("c") == ModelState.OPENING; answered++) {
            assertAnswered(ask("a", 1, Optional.empty()));
        }
        assertAnswered(waiting);
        assertTrue(answered >= 3, "answered meanwhile: " + answered);
        assertEquals(ModelState.OPEN, state("a"), "it is pinned");
        assertEquals(ModelState.CLOSED, state("b"));
    }

    @Test
    void aModelThatDoesNotOpenIsNamedAndTheOthersServeOn(@TempDir Path folder) throws Exception {
        Path copy = Files.createDirectory(folder.resolve("broken"));
        try (Stream<Path> files = Files.list(MODEL.onnx().getParent())) {
            for (Path file : files.toList()) {
                Files.copy(file, copy.resolve(file.getFileName()));
            }
        }
        ModelSpec broken = new ModelRepository(folder).scan().getFirst();
        serve(List.of(named("a", Residence.USUAL), named("b", Residence.USUAL), broken));
        Files.write(broken.onnx(), new byte[] {1, 2, 3});
        Failure failure = failure(ask("broken", 1, Optional.empty()));
        assertTrue(failure.detail().contains("broken"), failure.detail());
        assertTrue(failure.retryAfter().isPresent());
        assertEquals(ModelState.FAILED, state("broken"));
        assertAnswered(ask("a", 4, Optional.empty()));
    }

    @Test
    void anIdleModelIsClosedAndOpensAgain() throws Exception {
        serve(copies("a"), "headroom.models.idle", "1s");
        assertAnswered(ask("a", 1, Optional.empty()));
        while (state("a") != ModelState.CLOSED) {
            Thread.onSpinWait();
        }
        assertTrue(memory.heldBytes() - heldBefore < 1 << 20, "its memory is given back");
        assertAnswered(ask("a", 8, Optional.empty()));
        assertEquals(2, hosted("a").counters().openings());
    }

    @Test
    void theProcessMayEndWhileAModelOpens() throws InterruptedException {
        serve(copies("a", "b", "c"));
        List<Item<Answer>> items = ask("c", 1, Optional.empty());
        while (state("c") == ModelState.CLOSED) {
            Thread.onSpinWait();
        }
        models.catalog().graphs().values().forEach(Pipeline::end);
        assertInstanceOf(Failure.Unavailable.class, failure(items));
    }

    @Test
    @Timeout(60)
    void everyOrderOfAnOperatorEndsWhateverComesTogether() throws Exception {
        serve(copies("a"));
        List<CompletableFuture<ModelState>> orders = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            orders.add(models.openings().unload("a"));
            orders.add(models.openings().load("a"));
        }
        assertEquals(ModelState.OPEN, orders.getLast().get());
        for (CompletableFuture<ModelState> order : orders) {
            assertTrue(order.exceptionally(superseded -> ModelState.CLOSED).get() != null);
        }
        assertAnswered(ask("a", 1, Optional.empty()));
        assertEquals(ModelState.UNLOADED, models.openings().unload("a").get());
    }

    /** So that a run of a calibration that waits for the device meets no session that it takes for a broken one. */
    @Test
    @Timeout(60)
    void aModelThatClosesHasNoSessionBeforeItIsClosed() throws Exception {
        serve(copies("a"));
        CountDownLatch goOn = new CountDownLatch(1);
        ModelSessions sessions = hosted("a").graphs().getFirst().sessions();
        Gate gate = sessions.all().getFirst().device().gate();
        Thread holder = Thread.startVirtualThread(() -> hold(gate, goOn));
        CompletableFuture<ModelState> unloaded = models.openings().unload("a");
        while (!sessions.all().isEmpty()) {
            Thread.onSpinWait();
        }
        goOn.countDown();
        holder.join();
        assertEquals(ModelState.UNLOADED, unloaded.get());
    }

    private static void hold(Gate gate, CountDownLatch goOn) {
        try {
            gate.call(() -> {
                try {
                    goOn.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                return null;
            });
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
