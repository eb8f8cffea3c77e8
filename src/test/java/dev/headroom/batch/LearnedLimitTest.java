package dev.headroom.batch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.headroom.plan.Plans;
import org.junit.jupiter.api.Test;

class LearnedLimitTest {

    private final LearnedLimit limit = new LearnedLimit(Plans.of(32, 1600));

    @Test
    void aBatchThatDidNotFitHalvesTheElements() {
        limit.failed(32, 1600);
        assertEquals(800, limit.current().elements());
        limit.failed(16, 800);
        assertEquals(400, limit.current().elements());
        assertEquals(32, limit.current().items());
    }

    @Test
    void oneItemAloneSaysNothingAboutOthers() {
        limit.failed(1, 1600);
        assertEquals(1600, limit.current().elements());
    }

    @Test
    void longSuccessNearTheLimitRaisesItALittle() {
        limit.failed(32, 1600);
        for (int run = 0; run < 100; run++) {
            limit.succeeded(800);
        }
        assertEquals(900, limit.current().elements());
    }

    @Test
    void smallBatchesDoNotRaiseIt() {
        limit.failed(32, 1600);
        for (int run = 0; run < 1000; run++) {
            limit.succeeded(100);
        }
        assertEquals(800, limit.current().elements());
    }

    @Test
    void isNeverRaisedAboveThePlan() {
        limit.failed(32, 1600);
        for (int run = 0; run < 10_000; run++) {
            limit.succeeded(limit.current().elements());
        }
        assertEquals(1600, limit.current().elements());
    }

    @Test
    void whatWasNotLearnedFollowsThePlan() {
        limit.follow(Plans.of(64, 3200));
        assertEquals(3200, limit.current().elements());
        assertEquals(64, limit.current().items());
    }

    @Test
    void whatWasLearnedHoldsUnderAnotherPlan() {
        limit.failed(32, 1600);
        limit.follow(Plans.of(64, 3200));
        assertEquals(800, limit.current().elements());
        limit.follow(Plans.of(8, 400));
        assertEquals(400, limit.current().elements());
    }
}
