package dev.headroom.batch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.headroom.plan.Plans;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BatchLimitsTest {

    private static List<Long> selected(BatchLimits limits, int... lengths) {
        List<Item<?>> queued = IntStream.of(lengths)
                .<Item<?>>mapToObj(length -> Items.queued(length, length))
                .toList();
        return limits.select(queued).stream().map(Item::elements).toList();
    }

    @Test
    void theOldestGoesFirstWithThoseMostLikeIt() {
        assertEquals(List.of(10L, 11L, 8L), selected(new BatchLimits(Plans.of(3, 1000), 1000, 3), 10, 200, 8, 100, 11));
    }

    @Test
    void paddingCountsAgainstTheElements() {
        assertEquals(List.of(10L, 12L), selected(new BatchLimits(Plans.of(8, 35), 35, 8), 10, 12, 30));
    }

    @Test
    void whatDoesNotFitDoesNotKeepOutWhatDoes() {
        assertEquals(List.of(10L, 10L), selected(new BatchLimits(Plans.of(8, 20), 20, 8), 10, 11, 10));
    }

    @Test
    void theOldestGoesEvenWhenItIsLargerThanTheLimit() {
        assertEquals(List.of(50L), selected(new BatchLimits(Plans.of(8, 20), 20, 8), 50, 10));
    }

    @Test
    void noRowJoinsThatPadsTheBatchMuch() {
        BatchLimits limits = new BatchLimits(Plans.of(64, 640), 640, 64);
        assertEquals(List.of(10L, 11L, 9L), selected(limits, 10, 2, 11, 40, 9));
        assertEquals(List.of(10L, 2L), selected(limits, 10, 2), "so little costs less than another run");
    }
}
