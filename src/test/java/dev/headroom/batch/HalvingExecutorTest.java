package dev.headroom.batch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.model.RunFailedException.Kind;
import dev.headroom.plan.Plans;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import org.junit.jupiter.api.Test;

class HalvingExecutorTest {

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final LearnedLimit limit = new LearnedLimit(Plans.of(64, 64));

    private HalvingExecutor executor(FakeModel model) {
        return new HalvingExecutor(model, limit, new BatchMeters(registry, "fake"));
    }

    private void run(FakeModel model, List<? extends Item<?>> items) {
        executor(model).run(List.copyOf(items));
    }

    @Test
    void halvesUntilTheBatchFits() {
        FakeModel model = new FakeModel(2);
        run(model, Items.ofOneElement(5));
        assertEquals(List.of(5, 2, 3, 1, 2), model.batches);
        assertEquals(2, model.shrinks(), "once before each retry");
        assertEquals(2, registry.get("headroom.batch.splits").counter().count());
    }

    @Test
    void answersEveryItemWithItsOwnOutput() {
        List<Item<Long>> items = Items.ofOneElement(13);
        run(new FakeModel(3), items);
        for (int i = 0; i < items.size(); i++) {
            assertEquals((long) i, Items.answer(items.get(i)));
        }
    }

    @Test
    void anItemThatDoesNotFitAloneFailsAloneAfterOneRetry() {
        List<Item<Long>> items = List.of(Items.queued(0, 1), Items.queued(1, 9), Items.queued(2, 1));
        FakeModel model = new FakeModel(4);
        run(model, items);
        assertEquals(0L, Items.answer(items.get(0)));
        Failure.TooLarge failure = assertInstanceOf(Failure.TooLarge.class, Items.answer(items.get(1)));
        assertTrue(failure.detail().contains("9 elements"), failure.detail());
        assertEquals(2L, Items.answer(items.get(2)));
        assertEquals(List.of(3, 1, 2, 1, 1, 1), model.batches);
    }

    @Test
    void aFailureThatIsNotMemoryIsIsolated() {
        List<Item<Long>> items = List.of(Items.queued(0, 1), Items.queued(1, 9), Items.queued(2, 1));
        FakeModel model = new FakeModel(4, Kind.OTHER);
        run(model, items);
        assertEquals(0L, Items.answer(items.get(0)));
        assertInstanceOf(Failure.Internal.class, Items.answer(items.get(1)));
        assertEquals(2L, Items.answer(items.get(2)));
        assertEquals(0, model.shrinks());
        assertEquals(64, limit.current().elements(), "says nothing about memory");
    }

    @Test
    void aLostDeviceRunsNothingMore() {
        FakeModel model = new FakeModel(0, Kind.DEVICE_LOST);
        HalvingExecutor executor = executor(model);
        List<Item<Long>> items = Items.ofOneElement(3);
        executor.run(List.copyOf(items.subList(0, 2)));
        executor.run(List.copyOf(items.subList(2, 3)));
        items.forEach(item -> assertInstanceOf(Failure.Unavailable.class, Items.answer(item)));
        assertEquals(List.of(2), model.batches);
        assertNotNull(executor.lost());
    }

    @Test
    void anAnswerThatCannotBeReadFailsItsItemOnly() {
        Item<Long> broken = new Item<>("broken", 1, (row, output) -> {
            throw new IllegalStateException("unreadable");
        });
        broken.queue(Items.row(1, 1));
        Item<Long> good = Items.queued(2, 1);
        run(new FakeModel(9), List.of(broken, good));
        assertInstanceOf(Failure.Internal.class, Items.answer(broken));
        assertEquals(2L, Items.answer(good));
    }
}
