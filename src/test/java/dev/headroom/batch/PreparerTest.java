package dev.headroom.batch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.device.DeviceMemory;
import dev.headroom.gate.Gate;
import dev.headroom.gate.Permit;
import dev.headroom.gate.Share;
import dev.headroom.plan.Plan;
import dev.headroom.plan.Plans;
import dev.headroom.request.Failure;
import dev.headroom.request.Item;
import dev.headroom.request.Priority;
import dev.headroom.request.Urgency;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A batch runs until the test ends it, while the next is prepared. Batches are of 4 items, in the order of their arrival. */
@Timeout(60)
class PreparerTest {

    private static final int ENOUGH = 64; // items that wait, for a batch to be prepared at once
    private static final int CALLERS = 16;
    private static final int EACH = 400;

    private final List<ExecutorService> threads =
            Stream.generate(Executors::newSingleThreadExecutor).limit(2).toList();
    private final List<Gate> gates = List.of(
            new Gate("GPU 0", threads.get(0), DeviceMemory.UNKNOWN),
            new Gate("GPU 1", threads.get(1), DeviceMemory.UNKNOWN));
    private final CountDownLatch runs = new CountDownLatch(1);
    private final CountDownLatch ends = new CountDownLatch(1);
    private final FakeModel model = new FakeModel(1000);
    private final FakeModel second = new FakeModel(1000);
    private Batcher batcher;
    private Permit secondHeld;

    @AfterEach
    void end() {
        ends.countDown();
        batcher.close();
        threads.forEach(ExecutorService::shutdownNow);
        await(() -> model.open() == 0 && second.open() == 0);
    }

    private static Plan plan(int items) {
        return Plans.of(
                "headroom.batch.max-items",
                "" + items,
                "headroom.batch.max-elements",
                "" + 10 * items,
                "headroom.batch.max-window",
                "1h",
                "headroom.queue.max-items",
                "10000",
                "headroom.timeout",
                "60s");
    }

    private static void await(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            Thread.onSpinWait();
        }
    }

    private static List<Item<Long>> items(int count, Urgency urgency) {
        return IntStream.range(0, count)
                .mapToObj(value -> new Item<>(
                        "item-" + value,
                        10,
                        urgency,
                        (row, output) -> output.getFirst().data().getLong(0)))
                .toList();
    }

    private void submit(List<Item<Long>> items, long firstValue) {
        batcher.admit(items);
        for (int i = 0; i < items.size(); i++) {
            batcher.submit(items.get(i), Items.row(firstValue + i, 1));
        }
    }

    /** The first device runs four items and prepares four others: 0 to 3 and 4 to 7 if it is the only one. */
    private List<Item<Long>> whileItemsArePrepared(int count, Urgency urgency, Gate... devices)
            throws InterruptedException {
        AtomicBoolean first = new AtomicBoolean(true);
        model.with(stage -> {
            if (stage.equals("run") && first.getAndSet(false)) {
                runs.countDown();
                Items.await(ends);
            }
        });
        Permit held = gates.get(0).enter(new Share(1));
        secondHeld = gates.get(1).enter(new Share(1));
        List<Placement> placements = new ArrayList<>();
        placements.add(new Placement(model, gates.get(0)));
        for (Gate device : devices) {
            placements.add(new Placement(second, device));
        }
        batcher = new Batcher(placements, plan(4), new BatchMeters(new SimpleMeterRegistry(), "fake"));
        List<Item<Long>> items = items(count, urgency);
        submit(items, 0);
        held.leave();
        runs.await();
        await(() -> model.prepared() == 1);
        return items;
    }

    private List<Item<Long>> whileItemsArePrepared() throws InterruptedException {
        return whileItemsArePrepared(4 + 2 * ENOUGH, Urgency.INTERACTIVE);
    }

    private static void assertAnswered(List<Item<Long>> items, long firstValue) {
        for (int i = 0; i < items.size(); i++) {
            assertEquals(firstValue + i, Items.answer(items.get(i)));
        }
    }

    private static void assertUnavailable(List<Item<Long>> items) {
        items.forEach(item -> assertInstanceOf(Failure.Unavailable.class, Items.answer(item)));
    }

    private static long over(List<Item<Long>> items) {
        return items.stream().filter(item -> item.outcome().isDone()).count();
    }

    private static List<Long> valuesTo(int end) {
        return LongStream.range(0, end).boxed().toList();
    }

    @Test
    void aPreparedBatchRunsNextAsItWasPrepared() throws InterruptedException {
        List<Item<Long>> items = whileItemsArePrepared();
        ends.countDown();
        assertAnswered(items, 0);
        assertEquals(valuesTo(8), model.values.subList(0, 8));
        assertTrue(model.ranPrepared() >= 1);
    }

    @Test
    void aPreparedItemWhoseCallerLeavesDoesNotRun() throws InterruptedException {
        List<Item<Long>> items = whileItemsArePrepared();
        items.get(5).fail(new Failure.Abandoned("gone"));
        ends.countDown();
        assertAnswered(items.subList(6, items.size()), 6);
        assertFalse(model.values.contains(5L), model.values.toString());
        assertEquals(items.size() - 1, model.values.size());
        assertEquals(List.of(4, 4), model.batches.subList(0, 2), "another one came in its place");
    }

    @Test
    void aPreparedItemWhoseTimeIsOverDoesNotRun() throws InterruptedException {
        Urgency hurried = new Urgency(Priority.INTERACTIVE, Optional.of(Duration.ofSeconds(1)));
        List<Item<Long>> items = whileItemsArePrepared(4 + 2 * ENOUGH, hurried);
        items.forEach(item -> assertInstanceOf(Failure.DeadlineExceeded.class, Items.answer(item)));
        ends.countDown();
        List<Item<Long>> more = items(4, Urgency.INTERACTIVE);
        submit(more, 1000);
        assertAnswered(more, 1000);
        assertEquals(Set.of(0L, 1L, 2L, 3L, 1000L, 1001L, 1002L, 1003L), Set.copyOf(model.values));
    }

    @Test
    void aPreparedBatchThatIsLargerThanThePlanNowIsFormedAnew() throws InterruptedException {
        List<Item<Long>> items = whileItemsArePrepared();
        batcher.follow(plan(2));
        ends.countDown();
        assertAnswered(items, 0);
        assertEquals(4, model.batches.getFirst());
        assertEquals(Set.of(2), Set.copyOf(model.batches.subList(1, model.batches.size())));
    }

    @Test
    void aPreparedBatchThatDoesNotFitIsHalved() throws InterruptedException {
        List<Item<Long>> items = whileItemsArePrepared();
        model.squeeze(2);
        ends.countDown();
        assertAnswered(items, 0);
        assertEquals(List.of(4, 2, 2), model.batches.subList(0, 3), "the first, which runs, is halved");
        assertEquals(Set.copyOf(valuesTo(items.size())), Set.copyOf(model.values));
    }

    @Test
    void bulkThatIsPreparedLetsInteractiveItemsBy() throws InterruptedException {
        List<Item<Long>> bulk = whileItemsArePrepared(4 + 2 * ENOUGH, new Urgency(Priority.BULK, Optional.empty()));
        List<Item<Long>> interactive = items(4, Urgency.INTERACTIVE);
        submit(interactive, 1000);
        ends.countDown();
        assertAnswered(interactive, 1000);
        assertAnswered(bulk, 0);
        assertEquals(Set.of(1000L, 1001L, 1002L, 1003L), Set.copyOf(model.values.subList(4, 8)));
    }

    @Test
    void aDeviceThatIsFreeTakesWhatAnotherHasPrepared() throws InterruptedException {
        List<Item<Long>> items = whileItemsArePrepared(4 + ENOUGH, Urgency.INTERACTIVE, gates.get(1));
        secondHeld.leave();
        await(() -> over(items) == ENOUGH);
        ends.countDown();
        assertAnswered(items, 0);
        await(() -> model.values.size() == 4);
    }

    @Test
    void anotherDeviceTakesWhatALostOneHasPrepared() throws InterruptedException {
        List<Item<Long>> items = whileItemsArePrepared(4 + ENOUGH, Urgency.INTERACTIVE, gates.get(1));
        gates.getFirst().lose("the test's");
        assertEquals(4, over(items), "only what is on the device fails");
        secondHeld.leave();
        assertEquals(
                ENOUGH,
                items.stream().map(Items::answer).filter(Long.class::isInstance).count());
    }

    @Test
    void withTheLastDeviceWhatIsPreparedIsLostToo() throws InterruptedException {
        List<Item<Long>> items = whileItemsArePrepared();
        gates.getFirst().lose("the test's");
        assertUnavailable(items);
        ends.countDown();
        await(() -> model.open() == 0);
        assertTrue(model.values.size() <= 4, "only what was on the device has run");
    }

    @Test
    void whatIsPreparedIsAnsweredBeforeTheEndOfADrain() throws InterruptedException {
        List<Item<Long>> items = whileItemsArePrepared();
        batcher.drain();
        ends.countDown();
        assertAnswered(items, 0);
        await(() -> !batcher.idle().isNegative());
    }

    @Test
    void closingFailsWhatIsPrepared() throws InterruptedException {
        List<Item<Long>> items = whileItemsArePrepared();
        batcher.close();
        assertUnavailable(items);
        ends.countDown();
        await(() -> model.open() == 0);
        assertTrue(model.values.size() <= 4, "only what was on the device has run");
    }

    @Test
    void anotherModelsBatchGoesBeforeWhatIsPrepared() throws InterruptedException, ExecutionException {
        List<Item<Long>> items = whileItemsArePrepared();
        FutureTask<Integer> sizeThen = new FutureTask<>(() -> {
            Permit permit = gates.getFirst().enter(new Share(1));
            int ran = model.batches.size();
            permit.leave();
            return ran;
        });
        Thread.startVirtualThread(sizeThen);
        await(() -> gates.getFirst().waiting() == 2); // the replica's thread is the other
        ends.countDown();
        assertEquals(1, sizeThen.get());
        assertAnswered(items, 0);
    }

    @Test
    void aBatchThatCannotBePreparedRunsAsItIs() {
        model.with(stage -> {
            if (stage.equals("prepare")) {
                throw new OutOfMemoryError("the test's");
            }
        });
        batcher = new Batcher(model, gates.getFirst(), plan(4), new BatchMeters(new SimpleMeterRegistry(), "fake"));
        List<Item<Long>> items = items(10 * ENOUGH, Urgency.INTERACTIVE);
        submit(items, 0);
        assertAnswered(items, 0);
        assertEquals(0, model.ranPrepared());
        assertEquals(items.size(), model.values.size());
    }

    /** Items come from many threads, some leave, and two devices prepare and take from each other. */
    @Test
    void everyItemHasOneOutcomeAndRunsAtMostOnce() throws Exception {
        batcher = new Batcher(
                List.of(new Placement(model, gates.get(0)), new Placement(second, gates.get(1))),
                plan(8),
                new BatchMeters(new SimpleMeterRegistry(), "fake"));
        List<FutureTask<Integer>> callers = new ArrayList<>();
        for (int caller = 0; caller < CALLERS; caller++) {
            long firstValue = (long) caller * EACH;
            FutureTask<Integer> answers = new FutureTask<>(() -> answered(firstValue));
            callers.add(answers);
            Thread.startVirtualThread(answers);
        }
        int answered = 0;
        for (FutureTask<Integer> caller : callers) {
            answered += caller.get();
        }
        List<Long> ran = new ArrayList<>(model.values);
        ran.addAll(second.values);
        assertEquals(Set.copyOf(ran).size(), ran.size(), "none ran twice");
        assertTrue(ran.size() >= answered && answered >= CALLERS * EACH * 3 / 4, answered + " of " + ran.size());
    }

    private int answered(long firstValue) {
        List<Item<Long>> items = items(EACH, Urgency.INTERACTIVE);
        submit(items, firstValue);
        int answered = 0;
        for (int i = 0; i < EACH; i++) {
            if (i % 8 == 0) {
                items.get(i).fail(new Failure.Abandoned("gone"));
            }
            Object answer = Items.answer(items.get(i));
            assertTrue(answer.equals(firstValue + i) || i % 8 == 0, answer.toString());
            answered += answer instanceof Long ? 1 : 0;
        }
        return answered;
    }
}
