package dev.headroom.batch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.device.DeviceMemory;
import dev.headroom.gate.Gate;
import dev.headroom.gate.Permit;
import dev.headroom.gate.Share;
import dev.headroom.plan.Plan;
import dev.headroom.plan.Plans;
import dev.headroom.request.Failure;
import dev.headroom.request.Item;
import dev.headroom.request.RequestFailedException;
import dev.headroom.session.RunFailedException.Kind;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One queue before two devices of one lane each; the test holds them, so that batches form while both are busy. */
@Timeout(60)
class SeveralDevicesTest {

    /** Batches of 4 items and 40 elements, an hour's window. */
    private static final Plan PLAN = Plans.of(
            "headroom.batch.max-items",
            "4",
            "headroom.batch.max-elements",
            "40",
            "headroom.batch.max-window",
            "1h",
            "headroom.timeout",
            "60s");

    private final List<ExecutorService> threads =
            Stream.generate(Executors::newSingleThreadExecutor).limit(2).toList();
    private final List<Gate> gates = List.of(
            new Gate("GPU 0", threads.get(0), DeviceMemory.UNKNOWN),
            new Gate("GPU 1", threads.get(1), DeviceMemory.UNKNOWN));
    private final CountDownLatch hangs = new CountDownLatch(1);
    private FakeModel first = new FakeModel(1000);
    private final FakeModel second = new FakeModel(1000);
    private Batcher batcher;

    @AfterEach
    void end() {
        hangs.countDown();
        batcher.close();
        threads.forEach(ExecutorService::shutdownNow);
    }

    private void start() {
        batcher = new Batcher(
                List.of(new Placement(first, gates.get(0)), new Placement(second, gates.get(1))),
                PLAN,
                new BatchMeters(new SimpleMeterRegistry(), "fake"));
    }

    private List<Permit> holdBoth() throws InterruptedException {
        List<Permit> held = new ArrayList<>();
        for (Gate gate : gates) {
            held.add(gate.enter(new Share(1)));
        }
        start();
        return held;
    }

    /** The first device begins with a batch of four, which does not end. */
    private List<Item<Long>> whileTheFirstHangs() throws InterruptedException {
        CountDownLatch runs = new CountDownLatch(1);
        first.with(stage -> {
            runs.countDown();
            Items.await(hangs);
        });
        List<Permit> held = holdBoth();
        List<Item<Long>> onIt = submitted(4);
        held.get(0).leave();
        runs.await();
        held.get(1).leave();
        return onIt;
    }

    private List<Item<Long>> submitted(int count) {
        List<Item<Long>> items =
                IntStream.range(0, count).mapToObj(Items::unqueued).toList();
        batcher.admit(items);
        for (int i = 0; i < count; i++) {
            batcher.submit(items.get(i), Items.row(i, 1));
        }
        return items;
    }

    private static void assertAnswered(List<Item<Long>> items) {
        for (int i = 0; i < items.size(); i++) {
            assertEquals((long) i, Items.answer(items.get(i)));
        }
    }

    private static void assertUnavailable(List<Item<Long>> items) {
        items.forEach(item -> assertInstanceOf(Failure.Unavailable.class, Items.answer(item)));
    }

    private static void await(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            Thread.onSpinWait();
        }
    }

    /** Both have their gate and wait for more items. */
    private static boolean bothForm() {
        return Thread.getAllStackTraces().keySet().stream()
                        .filter(thread -> thread.getName().startsWith("headroom-batcher-fake"))
                        .filter(thread -> thread.getState() == Thread.State.TIMED_WAITING)
                        .count()
                == 2;
    }

    @Test
    void theDeviceThatIsFreeTakesTheNextBatch() throws InterruptedException {
        List<Item<Long>> onTheFirst = whileTheFirstHangs();
        assertAnswered(submitted(8));
        assertEquals(8, second.batches.stream().mapToInt(size -> size).sum());
        hangs.countDown();
        assertAnswered(onTheFirst);
        assertEquals(List.of(4), first.batches);
    }

    @Test
    void freeDevicesShareWhatWaits() {
        CountDownLatch bothRun = new CountDownLatch(2); // else the first to end may take the other's part
        Stream.of(first, second)
                .forEach(model -> model.with(stage -> {
                    bothRun.countDown();
                    Items.await(bothRun);
                }));
        start();
        List<Item<Long>> items = IntStream.range(0, 4).mapToObj(Items::unqueued).toList();
        batcher.admit(items);
        IntStream.range(0, 3).forEach(i -> batcher.submit(items.get(i), Items.row(i, 1)));
        await(SeveralDevicesTest::bothForm);
        batcher.submit(items.get(3), Items.row(3, 1));
        assertAnswered(items);
        assertEquals(List.of(2), first.batches);
        assertEquals(List.of(2), second.batches);
    }

    @Test
    void aDeviceIsNotHeldForWhatAnotherHasTaken() {
        start();
        List<Item<Long>> items = IntStream.range(0, 2).mapToObj(Items::unqueued).toList();
        batcher.admit(items);
        batcher.submit(items.get(0), Items.row(0, 1));
        await(SeveralDevicesTest::bothForm);
        batcher.reject(items.get(1), new Failure.Invalid("no text"));
        assertEquals(0L, Items.answer(items.get(0)));
        await(() -> gates.stream().allMatch(gate -> gate.freeLanes() == 1));
    }

    @Test
    void aLostDeviceFailsOnlyWhatItHas() throws InterruptedException {
        List<Item<Long>> onTheFirst = whileTheFirstHangs();
        gates.getFirst().lose("the test's");
        assertUnavailable(onTheFirst);
        assertAnswered(submitted(6));
        assertEquals(Optional.empty(), batcher.gates().lost());
        assertEquals(List.of("GPU 0: the test's"), batcher.gates().losses());
        assertEquals(Optional.of("the test's"), batcher.defect(gates.get(0)));
        assertEquals(Optional.empty(), batcher.defect(gates.get(1)));
        assertEquals(1, batcher.gates().lanes());
    }

    @Test
    void aRunThatLosesItsDeviceIsNotRepeatedOnAnother() throws InterruptedException {
        first = new FakeModel(0, Kind.DEVICE_LOST);
        List<Permit> held = holdBoth();
        List<Item<Long>> items = submitted(4);
        held.get(0).leave();
        assertUnavailable(items);
        held.get(1).leave();
        assertAnswered(submitted(4));
        assertEquals(List.of(4), first.batches);
    }

    @Test
    void whatWaitedGoesToTheDeviceThatIsLeft() throws InterruptedException {
        List<Permit> held = holdBoth();
        List<Item<Long>> items = submitted(7);
        gates.getFirst().lose("the test's");
        held.forEach(Permit::leave);
        assertAnswered(items);
        assertEquals(List.of(), first.batches);
        assertEquals(List.of(4, 3), second.batches);
    }

    @Test
    void withTheLastDeviceEverythingIsLost() throws InterruptedException {
        List<Permit> held = holdBoth();
        List<Item<Long>> items = submitted(6);
        gates.get(1).lose("one");
        assertEquals(Optional.empty(), batcher.gates().lost());
        gates.get(0).lose("two");
        assertUnavailable(items);
        assertEquals(Optional.of("GPU 0: two; GPU 1: one"), batcher.gates().lost());
        RequestFailedException refused = assertThrows(RequestFailedException.class, () -> submitted(1));
        assertInstanceOf(Failure.Unavailable.class, refused.failure());
        held.forEach(Permit::leave);
    }

    @Test
    void aDeviceWhoseThreadHasEndedIsLostAlone() throws InterruptedException {
        List<Permit> held = holdBoth();
        List<Item<Long>> items = submitted(4);
        threads.getFirst().shutdown();
        held.get(0).leave();
        assertUnavailable(items);
        held.get(1).leave();
        assertAnswered(submitted(4));
        assertTrue(gates.get(0).lost().isPresent());
        assertEquals(Optional.empty(), gates.get(1).lost());
    }

    @Test
    void eachDeviceLearnsItsOwnLimitAndTheLowestIsKept() throws InterruptedException {
        first.squeeze(2);
        List<Permit> held = holdBoth();
        List<Item<Long>> halved = submitted(4);
        held.get(0).leave();
        assertAnswered(halved);
        assertEquals(List.of(4, 2, 2), first.batches);
        await(() -> batcher.learned().isPresent());
        assertEquals(2, batcher.learned().orElseThrow().elements().orElseThrow().most());
        gates.get(0).lose("the test's");
        List<Item<Long>> whole = submitted(4);
        held.get(1).leave();
        assertAnswered(whole);
        assertEquals(List.of(4), second.batches);
        assertEquals(Optional.empty(), batcher.learned(), "what the lost one has taught is over");
    }

    @Test
    void theLinesLengthCountsTheDevicesThatServe() throws InterruptedException {
        List<Permit> held = holdBoth();
        assertEquals(2, batcher.gates().lanes());
        assertEquals(0, batcher.gates().freeLanes());
        gates.get(1).lose("the test's");
        assertEquals(1, batcher.gates().lanes());
        held.forEach(Permit::leave);
        await(() -> batcher.gates().freeLanes() == 1);
    }
}
