package dev.headroom.batch;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.request.Item;
import dev.headroom.request.Urgency;
import dev.headroom.session.BatchOutput;
import dev.headroom.tensor.Datatype;
import dev.headroom.tensor.Row;
import dev.headroom.tensor.Tensor;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class DeliveryTest {

    private final BatchMeters meters = new BatchMeters(new SimpleMeterRegistry(), "model");

    /** The thread that reads an answer of so many bytes, where the lane has nothing else to do. */
    private Thread reader(int bytes) {
        Item<Thread> item = new Item<>("a", 1, Urgency.INTERACTIVE, (row, outputs) -> Thread.currentThread());
        item.queue(new Row(List.of(Tensor.int64(new long[] {1}))));
        item.closed(System.nanoTime());
        Tensor output = Tensor.zeros(Datatype.UINT8, new long[] {bytes});
        new Delivery(List.of(item), new BatchOutput(0, List.of(List.of(output)), () -> {}), meters).start(true);
        return (Thread) Items.answer(item);
    }

    @Test
    void theLaneReadsLittle() {
        assertSame(Thread.currentThread(), reader(1000));
    }

    @Test
    void anotherThreadReadsMuch() {
        assertNotSame(Thread.currentThread(), reader(1_000_000));
    }

    @Test
    void theLaneReadsFewItemsWhileNothingElseWaits() {
        assertTrue(batch(4, true).isReadByLane());
        assertFalse(batch(4, false).isReadByLane());
        assertFalse(batch(5, true).isReadByLane());
    }

    private static Batch batch(int items, boolean last) {
        Item<Object> item = new Item<>("a", 1, Urgency.INTERACTIVE, (row, outputs) -> row);
        return new Batch(Collections.nCopies(items, item), CloseReason.FULL, () -> last);
    }
}
