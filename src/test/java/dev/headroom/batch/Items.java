package dev.headroom.batch;

import dev.headroom.gate.Lane;
import dev.headroom.gate.Lanes;
import dev.headroom.gate.Permit;
import dev.headroom.gate.Share;
import dev.headroom.request.Failure;
import dev.headroom.request.Item;
import dev.headroom.request.Outcome;
import dev.headroom.request.Urgency;
import dev.headroom.tensor.Row;
import dev.headroom.tensor.Tensor;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;

/** Items for tests; each is answered with the first value of its own row. */
public final class Items {

    private Items() {}

    /** So many queued items of one element, whose values count from 0. */
    static List<Item<Long>> ofOneElement(int count) {
        return IntStream.range(0, count).mapToObj(value -> queued(value, 1)).toList();
    }

    static Item<Long> queued(long value, int elements) {
        Item<Long> item = unqueued(value);
        item.queue(row(value, elements));
        return item;
    }

    static Item<Long> unqueued(long value) {
        return new Item<>(
                "item-" + value,
                10,
                Urgency.INTERACTIVE,
                (row, output) -> output.getFirst().data().getLong(0));
    }

    public static Row row(long value, int elements) {
        long[] values = new long[elements];
        values[0] = value;
        return new Row(List.of(Tensor.int64(values)));
    }

    /** The right to the only lane of a device, whose thread is the caller's. */
    static Permit permit() {
        Lanes lanes = new Lanes(List.of(new Lane(Runnable::run)));
        Share share = new Share(1);
        try {
            return new Permit(lanes, lanes.enter(share, false), share, false);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    static Batch batch(List<? extends Item<?>> items) {
        return new Batch(List.copyOf(items), CloseReason.FULL, () -> false);
    }

    static Recovery recovery() {
        return new Recovery(permit(), batch(List.of()));
    }

    static Object answer(Item<?> item) {
        return switch (item.outcome().join()) {
            case Outcome.Answered<?>(Object answer) -> answer;
            case Outcome.Failed<?>(Failure failure) -> failure;
        };
    }

    /** Waits where no interrupt can be thrown on. */
    public static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
