package dev.headroom.batch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.calibration.SimulatedDevice;
import dev.headroom.device.DeviceMemory;
import dev.headroom.gate.Gate;
import dev.headroom.gate.Permit;
import dev.headroom.gate.Share;
import dev.headroom.measured.LearnedLimit;
import dev.headroom.measured.LearnedLimits;
import dev.headroom.plan.Plan;
import dev.headroom.plan.Plans;
import dev.headroom.request.Failure;
import dev.headroom.request.Item;
import dev.headroom.request.Priority;
import dev.headroom.request.RequestFailedException;
import dev.headroom.request.Stay;
import dev.headroom.request.Timing;
import dev.headroom.request.Urgency;
import dev.headroom.tensor.Row;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The test holds the gate, so that batches form while "the device is busy". */
class BatcherTest {

    private final ExecutorService device = Executors.newSingleThreadExecutor();
    private final Gate gate = new Gate(device, DeviceMemory.UNKNOWN);
    private FakeModel model = new FakeModel(1000);
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private Batcher batcher;
    private Permit held;

    @BeforeEach
    void holdTheGate() throws InterruptedException {
        held = gate.enter(new Share(1));
        batcher = batcher(60_000);
    }

    @AfterEach
    void end() {
        batcher.close();
        device.shutdownNow();
    }

    private Batcher batcher(long timeoutMillis) {
        return new Batcher(model, gate, plan(timeoutMillis), new BatchMeters(registry, "fake"));
    }

    /** Batches of 4 items and 40 elements, a queue of 10 items and 1000 bytes, an hour's window. */
    private static Plan plan(long timeoutMillis) {
        return Plans.of(
                "headroom.batch.max-items",
                "4",
                "headroom.batch.max-elements",
                "40",
                "headroom.batch.max-window",
                "1h",
                "headroom.queue.max-items",
                "10",
                "headroom.queue.max-bytes",
                "1000",
                "headroom.timeout",
                timeoutMillis + "ms");
    }

    private List<Item<Long>> submitted(List<Item<Long>> items) {
        batcher.admit(items);
        for (int i = 0; i < items.size(); i++) {
            batcher.submit(items.get(i), Items.row(i, 1));
        }
        return items;
    }

    private static List<Item<Long>> items(int count) {
        return IntStream.range(0, count).mapToObj(Items::unqueued).toList();
    }

    private double closed(String reason) {
        return registry.get("headroom.batch.closed")
                .tag("reason", reason)
                .counter()
                .count();
    }

    @Test
    void whatGathersWhileTheDeviceIsBusyGoesTogether() {
        List<Item<Long>> items = submitted(items(3));
        held.leave();
        for (int i = 0; i < 3; i++) {
            assertEquals((long) i, Items.answer(items.get(i)));
        }
        assertEquals(List.of(3), model.batches);
        assertEquals(1, closed("idle"));
    }

    @Test
    void aBatchIsNeverLargerThanThePlans() {
        List<Item<Long>> items = submitted(items(10));
        held.leave();
        items.forEach(Items::answer);
        assertEquals(List.of(4, 4, 2), model.batches);
        assertEquals(2, closed("full"));
    }

    @Test
    void rowsOfUnlikeFormGoApart() {
        List<Item<Long>> items = items(4);
        batcher.admit(items);
        for (int i = 0; i < 4; i++) {
            Row row = Items.row(i, 1);
            batcher.submit(items.get(i), i % 2 == 0 ? row : Row.of(row.inputs(), List.of("input_ids")));
        }
        held.leave();
        for (int i = 0; i < 4; i++) {
            assertEquals((long) i, Items.answer(items.get(i)));
        }
        assertEquals(List.of(2, 2), model.batches);
    }

    @Test
    void waitsForItemsOnTheWay() {
        List<Item<Long>> items = items(2);
        batcher.admit(items);
        batcher.submit(items.get(0), Items.row(7, 1));
        held.leave();
        batcher.submit(items.get(1), Items.row(8, 1));
        assertEquals(7L, Items.answer(items.get(0)));
        assertEquals(List.of(2), model.batches);
    }

    @Test
    void waitsNoLongerForARejectedItem() {
        List<Item<Long>> items = items(2);
        batcher.admit(items);
        batcher.submit(items.get(0), Items.row(7, 1));
        held.leave();
        batcher.reject(items.get(1), new Failure.Invalid("no text"));
        assertEquals(7L, Items.answer(items.get(0)), "within the hour's window");
        assertInstanceOf(Failure.Invalid.class, Items.answer(items.get(1)));
    }

    @Test
    void waitsForAPostponedItemOnlyOnceItIsExpected() {
        List<Item<Long>> items = items(4);
        batcher.admit(items);
        batcher.postpone();
        batcher.postpone();
        batcher.submit(items.get(0), Items.row(6, 1));
        batcher.submit(items.get(1), Items.row(7, 1));
        held.leave();
        assertEquals(7L, Items.answer(items.get(1)), "within the hour's window");
        batcher.expect();
        batcher.expect();
        batcher.submit(items.get(2), Items.row(8, 1));
        batcher.reject(items.get(3), new Failure.Invalid("no image"));
        assertEquals(8L, Items.answer(items.get(2)), "within the hour's window");
        assertEquals(List.of(2, 1), model.batches);
    }

    @Test
    void aDrainingBatcherWaitsForNobody() {
        List<Item<Long>> items = items(2);
        batcher.admit(items);
        batcher.submit(items.get(0), Items.row(7, 1));
        held.leave();
        batcher.drain();
        assertEquals(7L, Items.answer(items.get(0)));
        assertEquals(1, closed("drain"));
    }

    @Test
    void anItemWhoseCallerLeftNeverRuns() {
        List<Item<Long>> items = submitted(items(3));
        items.get(1).fail(new Failure.Abandoned("gone"));
        held.leave();
        Items.answer(items.get(0));
        Items.answer(items.get(2));
        assertEquals(List.of(2), model.batches);
    }

    @Test
    void anItemWhoseTimeIsOverNeverRuns() {
        List<Item<Long>> items = items(3);
        Stay.begin(items.subList(0, 1), Duration.ofMillis(1), () -> new Failure.DeadlineExceeded("late"), item -> {});
        assertInstanceOf(Failure.DeadlineExceeded.class, Items.answer(items.get(0)));
        submitted(items);
        held.leave();
        assertEquals(1L, Items.answer(items.get(1)));
        assertEquals(2L, Items.answer(items.get(2)));
        assertEquals(List.of(2), model.batches);
    }

    @Test
    void anItemThatIsNotAnsweredInTimeFailsByItself() {
        batcher.close();
        batcher = batcher(1);
        submitted(items(2)).forEach(item -> assertInstanceOf(Failure.DeadlineExceeded.class, Items.answer(item)));
    }

    @Test
    void theTimeOutIsThePlansAndNeverMoreThanTheOperatorsSet() {
        assertEquals(Duration.ofSeconds(60), batcher.timeout(), "as set");
        batcher.follow(Plans.of());
        assertEquals(Duration.ofSeconds(60), batcher.timeout(), "as planned");
        batcher.follow(plan(1));
        assertEquals(Duration.ofMillis(1), batcher.timeout(), "as set, however long batches take");
    }

    @Test
    void whatIsSubmittedAfterTheEndFailsToo() {
        List<Item<Long>> items = items(1);
        batcher.admit(items);
        batcher.close();
        batcher.submit(items.getFirst(), Items.row(1, 1));
        assertInstanceOf(Failure.Unavailable.class, Items.answer(items.getFirst()));
    }

    @Test
    void aFullQueueSaysSoAtOnceAndWhenToComeBack() {
        submitted(items(8));
        RequestFailedException e = assertThrows(RequestFailedException.class, () -> batcher.admit(items(3)));
        Failure.Overloaded failure = assertInstanceOf(Failure.Overloaded.class, e.failure());
        assertEquals(Duration.ZERO, failure.pause(), "nothing has run that would tell");
        submitted(items(2));
    }

    @Test
    void answeredItemsMakeRoom() {
        List<Item<Long>> items = submitted(items(10));
        held.leave();
        items.forEach(Items::answer);
        submitted(items(10)).forEach(item -> assertInstanceOf(Long.class, Items.answer(item)));
    }

    @Test
    void aRequestThatCouldNeverFitIsTooLarge() {
        RequestFailedException e = assertThrows(RequestFailedException.class, () -> batcher.admit(items(11)));
        assertInstanceOf(Failure.TooLarge.class, e.failure());
        Item<Long> huge = new Item<>("huge", 1001, Urgency.INTERACTIVE, (row, output) -> 0L);
        e = assertThrows(RequestFailedException.class, () -> batcher.admit(List.of(huge)));
        assertInstanceOf(Failure.TooLarge.class, e.failure());
    }

    @Test
    void anItemThatDoesNotFitAloneHoldsNobodyUp() {
        batcher.close();
        model = new FakeModel(4);
        batcher = batcher(60_000);
        List<Item<Long>> items = items(6);
        batcher.admit(items);
        for (int i = 0; i < items.size(); i++) {
            batcher.submit(items.get(i), Items.row(i, i == 0 ? 9 : 1));
        }
        held.leave();
        assertInstanceOf(Failure.TooLarge.class, Items.answer(items.getFirst()));
        items.stream().skip(1).forEach(item -> assertInstanceOf(Long.class, Items.answer(item)));
    }

    @Test
    void aBatchThatCannotBeFormedFailsAndTheNextIsFormed() {
        List<Item<Long>> items = items(2);
        batcher.admit(items);
        Row broken = new Row(List.of());
        batcher.submit(items.get(0), broken);
        batcher.submit(items.get(1), broken);
        held.leave();
        items.forEach(item -> assertInstanceOf(Failure.Internal.class, Items.answer(item)));
        assertEquals(0L, Items.answer(submitted(items(1)).getFirst()));
    }

    @Test
    void aLostDeviceAnswersEverybodyAtOnce() throws InterruptedException {
        CountDownLatch runs = new CountDownLatch(1);
        CountDownLatch hangs = new CountDownLatch(1);
        model.with(stage -> {
            runs.countDown();
            Items.await(hangs);
        });
        List<Item<Long>> onTheWay = items(1);
        batcher.admit(onTheWay);
        List<Item<Long>> items = submitted(items(6));
        held.leave();
        runs.await();
        gate.lose("the test's");
        items.forEach(item -> assertInstanceOf(Failure.Unavailable.class, Items.answer(item)));
        batcher.submit(onTheWay.getFirst(), Items.row(1, 1));
        assertInstanceOf(Failure.Unavailable.class, Items.answer(onTheWay.getFirst()));
        RequestFailedException refused = assertThrows(RequestFailedException.class, () -> batcher.admit(items(1)));
        assertInstanceOf(Failure.Unavailable.class, refused.failure());
        assertEquals("the test's", batcher.gates().lost().orElseThrow());
        hangs.countDown();
    }

    @Test
    void aDeviceWhoseThreadHasEndedIsLost() {
        List<Item<Long>> items = submitted(items(2));
        device.shutdown();
        held.leave();
        items.forEach(item -> assertInstanceOf(Failure.Unavailable.class, Items.answer(item)));
        assertTrue(gate.lost().isPresent());
    }

    @Test
    void whatAnEarlierProcessLearnedIsInForceAtOnce() {
        batcher.restore(new LearnedLimits(
                Instant.now(), 1, Optional.of(new LearnedLimit(2, 64)), Optional.of(new LearnedLimit(3, 64))));
        List<Item<Long>> items = submitted(items(6));
        held.leave();
        items.forEach(Items::answer);
        assertEquals(List.of(2, 2, 2), model.batches);
        assertEquals(Optional.of(2L), batcher.learned().orElseThrow().elements().map(LearnedLimit::most));
    }

    /**
     * Time ended its calibration at 8 items; after a window of full batches twice as many share one. The batch behind the window
     * may have been prepared in it.
     */
    @Test
    void batchesGrowUnderLoadWhereTimeEndedTheCalibration() {
        batcher.close();
        SimulatedDevice slow = new SimulatedDevice((rows, now) -> 2.4 + 0.075 * rows);
        Plan plan = SimulatedService.plan(slow.calibrate(Duration.ofSeconds(1)));
        batcher = new Batcher(model, gate, plan, new BatchMeters(registry, "fake"));
        List<Item<Long>> items = submitted(items(16 * 8 + 8 + 16));
        held.leave();
        items.forEach(Items::answer);
        assertEquals(Collections.nCopies(16, 8), model.batches.subList(0, 16));
        List<Integer> behind = model.batches.subList(16, model.batches.size());
        assertTrue(Set.of(List.of(16, 8), List.of(8, 16)).contains(behind), behind.toString());
        assertEquals(8, batcher.grown().orElseThrow().items());
    }

    @Test
    void closingFailsWhatIsQueuedSoThatItIsTriedAgain() {
        List<Item<Long>> items = submitted(items(2));
        batcher.close();
        items.forEach(item -> assertInstanceOf(Failure.Unavailable.class, Items.answer(item)));
    }

    @Test
    void closingFailsWhatIsOnTheDeviceOrOnItsWayToo() throws InterruptedException {
        CountDownLatch runs = new CountDownLatch(1);
        CountDownLatch hangs = new CountDownLatch(1);
        model.with(stage -> {
            runs.countDown();
            Items.await(hangs);
        });
        List<Item<Long>> onTheWay = items(1);
        batcher.admit(onTheWay);
        List<Item<Long>> running = submitted(items(4));
        held.leave();
        runs.await();
        batcher.close();
        List<Item<Long>> late = items(1);
        batcher.admit(late);
        Stream.of(onTheWay, running, late)
                .flatMap(List::stream)
                .forEach(item -> assertInstanceOf(Failure.Unavailable.class, Items.answer(item)));
        hangs.countDown();
    }

    @Test
    void anotherPlanIsInForceFromTheNextBatchOn() {
        List<Item<Long>> items = submitted(items(9));
        batcher.follow(Plans.of(
                "headroom.batch.max-items", "3", "headroom.queue.max-items", "20", "headroom.batch.max-window", "1h"));
        assertEquals(20, batcher.mostItems());
        held.leave();
        items.forEach(item -> item.outcome().join());
        assertEquals(List.of(3, 3, 3), model.batches);
    }

    @Test
    void bulkWaitsForWhatIsInteractive() {
        List<Item<Long>> items = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            Urgency urgency = new Urgency(i < 6 ? Priority.BULK : Priority.INTERACTIVE, Optional.empty());
            items.add(new Item<>(
                    "item",
                    10,
                    urgency,
                    (row, output) -> output.getFirst().data().getLong(0)));
            batcher.admit(items.subList(i, i + 1));
        }
        for (int i = 0; i < 8; i++) {
            batcher.submit(items.get(i), Items.row(i, 1));
        }
        held.leave();
        items.forEach(Items::answer);
        assertEquals(Set.of(6L, 7L, 0L, 1L), Set.copyOf(model.values.subList(0, 4)), model.values.toString());
    }

    @Test
    void whoWaitsForLessIsFailedEarlier() {
        List<Item<Long>> items = List.of(new Item<>(
                "item",
                10,
                new Urgency(Priority.INTERACTIVE, Optional.of(Duration.ofMillis(1))),
                (row, output) -> output.getFirst().data().getLong(0)));
        batcher.admit(items);
        assertInstanceOf(Failure.DeadlineExceeded.class, Items.answer(items.getFirst()));
    }

    @Test
    void anItemThatIsLateAtOnceGivesItsRoomBack() {
        for (int i = 0; i < 300; i++) {
            Item<Long> item = new Item<>(
                    "item",
                    10,
                    new Urgency(Priority.INTERACTIVE, Optional.of(Duration.ofNanos(1))),
                    (row, output) -> 0L);
            batcher.admit(List.of(item));
            Items.answer(item);
        }
        assertTrue(batcher.idle().toNanos() >= 0);
    }

    /** Of another model's batches one or more may run between any two of this one's. */
    @Test
    void whatStandsInLineWithOtherModelsHasTheTimeForTheirs() {
        assertEquals(1, gate.turns(model));
        gate.add(new FakeModel(1));
        gate.add(new FakeModel(1));
        assertEquals(3, gate.turns(model));
    }

    @Test
    void anAnswerTellsWhereItsTimeWent() {
        List<Item<Long>> items = submitted(items(3));
        held.leave();
        Items.answer(items.getFirst());
        Timing timing = items.getFirst().timing().orElseThrow();
        assertEquals(3, timing.batch());
        assertTrue(timing.queue().isPositive() && timing.run().isPositive(), timing.toString());
    }

    @Test
    void theLaneReadsFewAnswersItselfWhereNoOtherItemsAreHere() throws InterruptedException {
        BlockingQueue<Boolean> onTheLane = new LinkedBlockingQueue<>();
        model.with(stage -> {
            if (stage.equals("output closed")) {
                onTheLane.add(!Thread.currentThread().isVirtual());
            }
        });
        submitted(items(2));
        held.leave();
        assertTrue(onTheLane.take());
        held = gate.enter(new Share(1));
        submitted(items(10));
        held.leave();
        int here = 0;
        for (int batch = 0; batch < 3; batch++) { // the threads of the first two may come after the lane with the last
            here += onTheLane.take() ? 1 : 0;
        }
        assertEquals(List.of(4, 4, 2), model.batches.subList(1, 4));
        assertEquals(1, here, "others wait for the lane but behind the last batch");
    }

    @Test
    void isIdleOnceNobodyWaits() {
        assertTrue(batcher.idle().toNanos() >= 0);
        List<Item<Long>> items = submitted(items(1));
        assertTrue(batcher.idle().isNegative());
        held.leave();
        items.getFirst().outcome().join();
        assertTrue(batcher.idle().toNanos() >= 0);
    }

    /** A request's items; something happens when they are gone through for the first time, which is in their admission. */
    private static List<Item<Long>> items(int count, Runnable meanwhile) {
        List<Item<Long>> items = items(count);
        AtomicReference<Runnable> once = new AtomicReference<>(meanwhile);
        return new AbstractList<>() {
            @Override
            public Item<Long> get(int index) {
                return items.get(index);
            }

            @Override
            public int size() {
                return count;
            }

            @Override
            public void forEach(Consumer<? super Item<Long>> action) {
                once.getAndSet(() -> {}).run();
                super.forEach(action);
            }
        };
    }

    @Test
    void whoIsAdmittedWhileItClosesFailsAndKeepsNoRoom() {
        List<Item<Long>> items = items(2, batcher::close);
        batcher.admit(items);
        items.forEach(item -> assertInstanceOf(Failure.Unavailable.class, Items.answer(item)));
        assertFalse(batcher.idle().isNegative(), "nothing is on its way");
        items.forEach(item -> batcher.reject(item, new Failure.Abandoned("The test's.")));
        assertFalse(batcher.idle().isNegative());
        assertThrows(RequestFailedException.class, () -> batcher.admit(items(11)));
    }

    @Test
    void anAdmissionThatFailsHalfwayKeepsNoRoom() {
        List<Item<Long>> items = items(10, () -> {
            throw new IllegalStateException("the test's");
        });
        assertThrows(IllegalStateException.class, () -> batcher.admit(items));
        assertFalse(batcher.idle().isNegative());
        items.forEach(item -> assertInstanceOf(Failure.Internal.class, Items.answer(item)));
        List<Item<Long>> next = submitted(items(10)); // there is room for all, and no batch waits for those that failed
        held.leave();
        next.forEach(Items::answer);
        assertEquals(List.of(4, 4, 2), model.batches);
    }
}
