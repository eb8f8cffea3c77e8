package dev.headroom.batch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.device.DeviceMemory;
import dev.headroom.gate.Gate;
import dev.headroom.gate.Lane;
import dev.headroom.gate.Lanes;
import dev.headroom.gate.Permit;
import dev.headroom.gate.Share;
import dev.headroom.plan.Plans;
import dev.headroom.request.Failure;
import dev.headroom.request.Item;
import dev.headroom.request.Urgency;
import dev.headroom.session.BatchOutput;
import dev.headroom.session.RunFailedException.Kind;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Plans of 64 items and 64 padded elements. */
class HalvingExecutorTest {

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final AdaptiveLimit limit = new AdaptiveLimit(Plans.of(64, 64));
    private final Gate gate = new Gate(Runnable::run, DeviceMemory.UNKNOWN);
    private final AtomicLong nanos = new AtomicLong();

    private HalvingExecutor executor(FakeModel model) {
        gate.add(model);
        return new HalvingExecutor(model, gate, limit, new BatchMeters(registry, "fake"), nanos::get);
    }

    private void run(FakeModel model, List<? extends Item<?>> items) {
        executor(model).run(Items.batch(items), Items.permit());
    }

    private double count(String counter) {
        return registry.get("headroom." + counter).counter().count();
    }

    private static List<Item<Long>> items(int... elements) {
        List<Item<Long>> items = new ArrayList<>();
        IntStream.of(elements).forEach(size -> items.add(Items.queued(items.size(), size)));
        return items;
    }

    private static void assertAnswered(List<Item<Long>> items) {
        for (int i = 0; i < items.size(); i++) {
            assertEquals((long) i, Items.answer(items.get(i)));
        }
    }

    /** Of two lanes one is taken until the batch has failed. */
    @Test
    void whatDoesNotFitBesideOthersRunsAgainWithoutThemAndTeaches() throws InterruptedException {
        Lanes lanes = new Lanes(List.of(new Lane(Runnable::run), new Lane(Runnable::run)));
        Share share = new Share(1);
        Lane other = lanes.enter(share, false);
        FakeModel model = new FakeModel(4);
        List<Item<Long>> items = Items.ofOneElement(8);
        Permit permit = new Permit(lanes, lanes.enter(share, false), share, false);
        Thread batch = Thread.startVirtualThread(() -> executor(model).run(Items.batch(items), permit));
        while (batch.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        model.squeeze(1000); // what the other lane's batch holds comes free with it
        lanes.leave(other);
        batch.join();
        assertEquals(List.of(8, 8), model.batches);
        assertAnswered(items);
        assertEquals(4, limit.current().elements(), "half of what failed");
    }

    @Test
    void halvesUntilTheBatchFits() {
        FakeModel model = new FakeModel(2);
        List<Item<Long>> items = Items.ofOneElement(5);
        run(model, items);
        assertEquals(List.of(5, 2, 3, 1, 2), model.batches);
        assertEquals(2, model.shrinks(), "once before each retry");
        assertAnswered(items);
        assertEquals(2, count("batch.splits"));
        assertEquals(4, count("batch.retries"));
        assertEquals(5, count("items.recovered"));
        assertEquals(0, count("items.unfit"));
        assertEquals(1, registry.get("headroom.batch.lost").timer().count());
        assertTrue(registry.get("headroom.batch.lost").timer().totalTime(TimeUnit.NANOSECONDS) > 0);
    }

    @Test
    void halvesToAnyDepthAndLearnsOnTheWay() {
        FakeModel model = new FakeModel(1);
        List<Item<Long>> items = Items.ofOneElement(64);
        run(model, items);
        assertAnswered(items);
        List<Integer> batches = new ArrayList<>(List.of(64, 32, 16, 8, 4, 2));
        batches.addAll(Collections.nCopies(64, 1));
        assertEquals(batches, model.batches, "nothing that did not fit is tried again");
        assertEquals(1, limit.current().elements());
    }

    @Test
    void theNextBatchIsFormedBelowWhatDidNotFit() {
        run(new FakeModel(20), Items.ofOneElement(64));
        assertEquals(16, limit.current().elements());
        assertEquals(64, limit.current().items(), "the rows were not too many");
    }

    @Test
    void aPartIsPaddedToItsOwnLength() {
        FakeModel model = new FakeModel(12);
        List<Item<Long>> items = items(2, 2, 4, 4);
        run(model, items);
        assertEquals(List.of(4, 2, 2), model.batches);
        assertAnswered(items);
    }

    @Test
    void oneOversizedItemRunsAloneAndLowersNothing() {
        FakeModel model = new FakeModel(40);
        List<Item<Long>> items = items(2, 2, 30, 2, 2, 2, 2, 2);
        run(model, items);
        assertEquals(List.of(8, 7, 1), model.batches, "it pads no other part");
        assertAnswered(items);
        assertEquals(64, limit.current().elements());
        assertEquals(64, limit.current().items());
    }

    @Test
    void anItemThatDoesNotFitAloneFailsAloneAfterAShrinkAndANewSession() {
        List<Item<Long>> items = items(1, 9, 1);
        FakeModel model = new FakeModel(4);
        run(model, items);
        assertEquals(0L, Items.answer(items.get(0)));
        Failure.TooLarge failure = assertInstanceOf(Failure.TooLarge.class, Items.answer(items.get(1)));
        assertTrue(failure.detail().contains("9 elements"), failure.detail());
        assertTrue(failure.detail().contains("the longest known to fit has 1"), failure.detail());
        assertEquals(2L, Items.answer(items.get(2)));
        assertEquals(List.of(3, 2, 1, 1, 1), model.batches);
        assertEquals(1, model.reopenings());
        assertEquals(1, count("items.unfit"));
        assertEquals(1, count("session.recreations"));
        assertEquals(64, limit.current().elements(), "says nothing about ordinary ones");
    }

    @Test
    void aNewSessionThatDidNotHelpIsNotOpenedForTheSameAgain() {
        FakeModel model = new FakeModel(4);
        HalvingExecutor executor = executor(model);
        runAMinuteLater(executor, 9);
        runAMinuteLater(executor, 1);
        runAMinuteLater(executor, 12);
        assertEquals(1, model.reopenings());
        runAMinuteLater(executor, 7);
        assertEquals(1, model.reopenings(), "it is nearly as large");
        model.squeeze(2);
        runAMinuteLater(executor, 3);
        assertEquals(2, model.reopenings(), "one so much smaller may fit on a new session");
        model.squeeze(20);
        runAMinuteLater(executor, 12);
        model.squeeze(4);
        runAMinuteLater(executor, 12);
        assertEquals(3, model.reopenings(), "it has fitted meanwhile");
    }

    private void runAMinuteLater(HalvingExecutor executor, int elements) {
        nanos.addAndGet(Duration.ofMinutes(1).toNanos());
        executor.run(Items.batch(items(elements)), Items.permit());
    }

    @Test
    void sessionsAreNotOpenedAnewAllTheTime() {
        FakeModel model = new FakeModel(4);
        HalvingExecutor executor = executor(model);
        for (int time = 0; time < 10; time++) {
            executor.run(Items.batch(items(9)), Items.permit());
            model.squeeze(10);
            executor.run(Items.batch(items(10)), Items.permit());
            model.squeeze(4);
        }
        assertEquals(1, model.reopenings());
    }

    @Test
    void aNewSessionThatHelpsAnswersTheItem() {
        FakeModel model = new FakeModel(4).onceReopened(10);
        List<Item<Long>> items = items(9);
        run(model, items);
        assertAnswered(items);
        assertEquals(List.of(1, 1, 1), model.batches);
    }

    /** It would be lost to a broker, which does not repeat what was too large. */
    @Test
    void whatFittedBeforeIsToBeTriedAgain() {
        FakeModel model = new FakeModel(10);
        HalvingExecutor executor = executor(model);
        executor.run(Items.batch(items(9)), Items.permit());
        model.squeeze(4);
        List<Item<Long>> items = items(9);
        executor.run(Items.batch(items), Items.permit());
        Failure.Unavailable failure = assertInstanceOf(Failure.Unavailable.class, Items.answer(items.getFirst()));
        assertTrue(failure.detail().contains("at the moment"), failure.detail());
    }

    @Test
    void whatAnotherModelGaveBackIsTriedWholeOnce() {
        FakeModel model = new FakeModel(4);
        FakeModel other = new FakeModel(4).with(stage -> model.squeeze(8));
        model.wantsBytes(80);
        List<Item<Long>> items = Items.ofOneElement(8);
        beside(other, () -> other.shrinks() == 0 ? 100 : 20, model, items);
        assertEquals(List.of(8, 8), model.batches);
        assertAnswered(items);
        assertEquals(64, limit.current().elements());
    }

    /** Its arena keeps what the failed run had taken. */
    @Test
    void whatItsOwnRunLeftIsNoRoomForTheSame() {
        FakeModel model = new FakeModel(4);
        model.wantsBytes(80);
        beside(new FakeModel(4), () -> model.shrinks() == 0 ? 1000 : 20, model, Items.ofOneElement(8));
        assertEquals(List.of(8, 4, 4), model.batches);
    }

    private void beside(FakeModel other, DeviceMemory held, FakeModel model, List<? extends Item<?>> items) {
        Gate shared = new Gate(Runnable::run, held);
        shared.add(other);
        shared.add(model);
        new HalvingExecutor(model, shared, limit, new BatchMeters(registry, "fake"))
                .run(Items.batch(items), Items.permit());
    }

    /** Its first half has run, and is answered by another thread. */
    @Test
    void whatHasRunIsNotFailedByWhatComesAfterIt() {
        CountDownLatch lost = new CountDownLatch(1);
        AtomicInteger runs = new AtomicInteger();
        gate.whenLost(reason -> lost.countDown());
        FakeModel model = new FakeModel(4).with(stage -> {
            if (stage.equals("run") && runs.incrementAndGet() == 3) {
                gate.lose("the test's");
                throw new IllegalStateException("the test's");
            }
        });
        List<Item<Long>> items = IntStream.range(0, 8)
                .mapToObj(value -> {
                    Item<Long> item = new Item<>("" + value, 1, Urgency.INTERACTIVE, (row, output) -> {
                        Items.await(lost);
                        return output.getFirst().data().getLong(0);
                    });
                    item.queue(Items.row(value, 1));
                    return item;
                })
                .toList();
        run(model, items);
        assertAnswered(items.subList(0, 4));
        items.subList(4, 8).forEach(item -> assertInstanceOf(Failure.Unavailable.class, Items.answer(item)));
    }

    @Test
    void aModelThatAnswersFewerRowsLeavesNobodyWithoutAnOutcome() {
        Item<Long> one = Items.queued(1, 1);
        Item<Long> two = Items.queued(2, 1);
        new Delivery(
                        List.of(one, two),
                        new BatchOutput(0, List.of(Items.row(1, 1).inputs()), () -> {}),
                        new BatchMeters(registry, "other"))
                .start(false);
        assertEquals(1L, Items.answer(one));
        assertInstanceOf(Failure.Internal.class, Items.answer(two));
    }

    @Test
    void aFailureThatIsNotMemoryIsIsolated() {
        List<Item<Long>> items = items(1, 9, 1);
        FakeModel model = new FakeModel(4, Kind.OTHER);
        run(model, items);
        assertEquals(0L, Items.answer(items.get(0)));
        assertInstanceOf(Failure.Internal.class, Items.answer(items.get(1)));
        assertEquals(2L, Items.answer(items.get(2)));
        assertEquals(0, model.shrinks());
        assertEquals(64, limit.current().elements(), "says nothing about memory");
    }

    @Test
    void aCorruptSessionIsOpenedAnew() {
        FakeModel model = new FakeModel(0, Kind.SESSION_CORRUPT).onceReopened(64);
        List<Item<Long>> items = Items.ofOneElement(8);
        run(model, items);
        assertEquals(List.of(8, 8), model.batches);
        assertAnswered(items);
        assertEquals(1, model.reopenings());
    }

    /** Once corrupt a session stays so, whatever runs on it. */
    @Test
    void anItemThatCorruptsEverySessionFailsAlone() {
        FakeModel model = new FakeModel(4, Kind.SESSION_CORRUPT);
        HalvingExecutor executor = executor(model);
        List<Item<Long>> items = items(9, 1, 1, 1);
        executor.run(Items.batch(items), Items.permit());
        assertInstanceOf(Failure.TooLarge.class, Items.answer(items.get(0)));
        List.of(1, 2, 3).forEach(good -> assertEquals((long) good, Items.answer(items.get(good))));
        List<Item<Long>> next = items(1, 1);
        executor.run(Items.batch(next), Items.permit());
        assertAnswered(next);
    }

    /** However many there are: a new session that runs is no lost device. */
    @Test
    void manyItemsThatCorruptTheirSessionFailAndTheirNeighboursAreAnswered() {
        FakeModel model = new FakeModel(16, Kind.SESSION_CORRUPT);
        int[] elements = new int[32];
        Arrays.setAll(elements, i -> i < 12 ? 17 : 1);
        List<Item<Long>> items = items(elements);
        run(model, items);
        items.subList(0, 12).forEach(item -> assertInstanceOf(Failure.TooLarge.class, Items.answer(item)));
        items.subList(12, 32).forEach(item -> assertInstanceOf(Long.class, Items.answer(item)));
        assertEquals(Optional.empty(), gate.lost());
    }

    @Test
    void aSessionThatCannotBeOpenedAgainIsALostDevice() {
        FakeModel model = new FakeModel(0, Kind.SESSION_CORRUPT).onceReopened(-1);
        List<Item<Long>> items = Items.ofOneElement(3);
        run(model, items);
        items.forEach(item -> assertInstanceOf(Failure.Unavailable.class, Items.answer(item)));
        assertTrue(gate.lost().orElseThrow().contains("gone"));
    }

    @Test
    void aLostDeviceRunsNothingMore() {
        FakeModel model = new FakeModel(0, Kind.DEVICE_LOST);
        HalvingExecutor executor = executor(model);
        List<Item<Long>> items = Items.ofOneElement(3);
        executor.run(Items.batch(items.subList(0, 2)), Items.permit());
        executor.run(Items.batch(items.subList(2, 3)), Items.permit());
        items.forEach(item -> assertInstanceOf(Failure.Unavailable.class, Items.answer(item)));
        assertEquals(List.of(2), model.batches);
        assertTrue(gate.lost().isPresent());
    }

    @Test
    void anAnswerThatCannotBeReadFailsItsItemOnly() {
        Item<Long> broken = new Item<>("broken", 1, Urgency.INTERACTIVE, (row, output) -> {
            throw new IllegalStateException("unreadable");
        });
        broken.queue(Items.row(1, 1));
        Item<Long> good = Items.queued(2, 1);
        run(new FakeModel(9), List.of(broken, good));
        assertInstanceOf(Failure.Internal.class, Items.answer(broken));
        assertEquals(2L, Items.answer(good));
    }

    @ParameterizedTest
    @ValueSource(strings = {"run", "shrink"})
    void anErrorAtAnyStageLeavesNobodyUnanswered(String killed) {
        AtomicInteger times = new AtomicInteger();
        FakeModel model = new FakeModel(4).with(stage -> {
            if (stage.equals(killed) && times.getAndIncrement() == 0) {
                throw new StackOverflowError("the test's");
            }
        });
        List<Item<Long>> items = Items.ofOneElement(8);
        run(model, items);
        assertAnswered(items);
    }

    @Test
    void anErrorInOpeningIsALostDevice() {
        FakeModel model = new FakeModel(4).with(stage -> {
            if (stage.equals("reopen")) {
                throw new UnsatisfiedLinkError("the test's");
            }
        });
        List<Item<Long>> items = items(9);
        run(model, items);
        assertInstanceOf(Failure.Unavailable.class, Items.answer(items.getFirst()));
        assertTrue(gate.lost().isPresent());
    }
}
