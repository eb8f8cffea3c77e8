package dev.headroom.batch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.headroom.plan.Plans;
import dev.headroom.request.Item;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BatchLimitsTest {

    private static List<Long> selected(BatchLimits limits, int... lengths) {
        List<Item<?>> queued = IntStream.of(lengths)
                .<Item<?>>mapToObj(length -> Items.queued(length, length))
                .toList();
        return limits.select(queued, Integer.MAX_VALUE).stream()
                .map(Item::elements)
                .toList();
    }

    @Test
    void theOldestGoesFirstWithThoseMostLikeIt() {
        assertEquals(List.of(8L, 10L, 11L), selected(new BatchLimits(Plans.of(3, 1000), 1000, 3), 10, 200, 8, 100, 11));
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
        assertEquals(List.of(9L, 10L, 11L), selected(limits, 10, 1, 11, 40, 9));
        assertEquals(List.of(3L, 10L), selected(limits, 10, 3), "so little costs less than another run, which is 8");
    }

    @Test
    void allThatWaitCostsLeast() {
        BatchLimits limits = new BatchLimits(Plans.of(3, 1000), 1000, 3);
        assertEquals(
                List.of(20L, 20L, 20L), selected(limits, 20, 18, 20, 20, 18, 18), "and not 18, 20, 20 and 18, 18, 20");
    }

    @Test
    void whatIsLeftToOtherLanesDoesNotCome() {
        BatchLimits limits = new BatchLimits(Plans.of(8, 1000), 1000, 8);
        List<Item<?>> queued = List.copyOf(Items.ofOneElement(5));
        assertEquals(3, limits.select(queued, 3).size());
        assertEquals(queued.subList(0, 3), limits.select(queued, 3), "first come first served among equals");
    }

    @Test
    void sizesRepeatUnlessAllGo() {
        BatchLimits limits = new BatchLimits(Plans.of(64, 1000), 1000, 64);
        List<Item<?>> queued = List.copyOf(Items.ofOneElement(100));
        assertEquals(
                13, limits.select(queued.subList(0, 13), 64).size(), "all: nobody stays behind for a round number");
        for (int waiting = 65; waiting <= 100; waiting++) {
            assertEquals(64, limits.select(queued.subList(0, waiting), 64).size());
        }
    }
}
