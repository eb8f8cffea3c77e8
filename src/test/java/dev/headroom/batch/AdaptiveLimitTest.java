package dev.headroom.batch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.measured.LearnedLimit;
import dev.headroom.measured.LearnedLimits;
import dev.headroom.plan.Plans;
import dev.headroom.request.Item;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Plans of 32 items and 1600 padded elements. */
class AdaptiveLimitTest {

    private final AdaptiveLimit limit = new AdaptiveLimit(Plans.of(32, 1600));

    private void assertLimits(long elements, int items) {
        assertEquals(elements, limit.current().elements(), "elements");
        assertEquals(items, limit.current().items(), "items");
    }

    private void restore(Optional<Long> elements, Optional<Long> items) {
        limit.restore(new LearnedLimits(
                Instant.EPOCH,
                1,
                elements.map(most -> new LearnedLimit(most, 64)),
                items.map(most -> new LearnedLimit(most, 64))));
    }

    /** So many rows of this length did not fit, and ran one by one. */
    private void failed(int rows, int length) {
        List<Item<?>> items = List.copyOf(Collections.nCopies(rows, Items.queued(0, length)));
        Recovery recovery = Items.recovery();
        recovery.split(items, true);
        recovery.ran(items.subList(0, 1));
        limit.learn(recovery);
    }

    @Test
    void aBatchThatDidNotFitHalvesTheElements() {
        failed(32, 50);
        assertLimits(800, 32);
        failed(16, 50);
        assertLimits(400, 32);
    }

    @Test
    void theLargestPartThatRanIsWhereItStops() {
        List<Item<?>> items = List.copyOf(Collections.nCopies(32, Items.queued(0, 50)));
        Recovery recovery = Items.recovery();
        recovery.split(items, true);
        recovery.split(items.subList(0, 16), true);
        recovery.split(items.subList(0, 8), true);
        recovery.ran(items.subList(0, 7));
        limit.learn(recovery);
        assertLimits(350, 32);
    }

    @Test
    void whereNothingWasLearnedThereIsNothingToKeep() {
        limit.succeeded(32, 50);
        assertEquals(Optional.empty(), limit.learnedElements());
        assertEquals(Optional.empty(), limit.learnedItems());
    }

    @Test
    void eightLongOnesSayNothingAboutThirtyTwoShortOnes() {
        failed(8, 200);
        assertTrue(limit.current().elements() >= 32 * 16);
        assertEquals(32, limit.current().items());
    }

    @Test
    void whereAsMuchIsKnownToFitInFewerRowsItWasTheRows() {
        limit.succeeded(8, 100);
        failed(32, 10);
        assertLimits(1600, 16);
    }

    @Test
    void neverFallsBelowWhatIsKnownToFit() {
        limit.succeeded(12, 100);
        failed(14, 100);
        assertLimits(1200, 32);
    }

    @Test
    void whatIsKnownToFitIsForgottenWhenItDoesNotFitAnyMore() {
        limit.succeeded(16, 100);
        failed(16, 100);
        assertLimits(800, 32);
    }

    @Test
    void whatWasNotLearnedFollowsThePlan() {
        limit.follow(Plans.of(64, 3200));
        assertLimits(3200, 64);
    }

    @Test
    void whatWasLearnedHoldsUnderAnotherPlan() {
        failed(32, 50);
        limit.follow(Plans.of(64, 3200));
        assertLimits(800, 64);
        limit.follow(Plans.of(8, 400));
        assertLimits(400, 8);
        limit.follow(Plans.of(64, 3200));
        assertLimits(800, 64);
    }

    @Test
    void whatWasLearnedBeforeIsWhereItBegins() {
        restore(Optional.of(700L), Optional.of(9L));
        assertLimits(700, 9);
        restore(Optional.of(1_000_000L), Optional.empty());
        assertLimits(1600, 9);
    }

    @Test
    void knowsTheLongestRowThatHasRun() {
        assertEquals(0, limit.longest());
        limit.ranOn(100);
        limit.ranOn(50);
        assertEquals(100, limit.longest());
    }
}
