package dev.headroom.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.measured.Calibration;
import dev.headroom.measured.Calibrations;
import dev.headroom.measured.LaneTrial;
import dev.headroom.settings.PlanRefusedException;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Plans for a CPU of two cores and 4 GiB. */
class LanePlannerTest {

    /** Batches of 8 rows; the times in milliseconds. */
    private static Plan tried(int together, int alone, int itemInLane, int itemAlone) {
        Calibration measured = Calibrations.of(40, Calibrations.ran(1, 16, 5), Calibrations.ran(8, 16, 33));
        return Plans.of(Optional.of(measured.with(new LaneTrial(
                2,
                8,
                Duration.ofMillis(together),
                Duration.ofMillis(alone),
                Duration.ofMillis(itemInLane),
                Duration.ofMillis(itemAlone)))));
    }

    @Test
    void aLaneForEachCoreUntilItIsMeasured() {
        Plan plan = Plans.of();
        assertEquals(2, plan.lanes().value());
        assertEquals(1, plan.threads().value());
        assertEquals(1, plan.alone().value());
    }

    @Test
    void whatRanFasterIsPlanned() {
        Plan lanes = tried(40, 24, 6, 4);
        assertEquals(2, lanes.lanes().value());
        assertEquals(Source.CALIBRATED, lanes.lanes().source());
        assertEquals(
                "2 lanes of 1 thread ran 400 items/s, 1 lane of 2 threads 333",
                lanes.lanes().reason());
        assertEquals(1, lanes.alone().value(), "an item on all cores takes 4 ms, not 6");
        assertEquals(2, tried(56, 24, 6, 4).lanes().value(), "not clearly slower");
        Plan one = tried(64, 24, 6, 4);
        assertEquals(1, one.lanes().value());
        assertEquals(2, one.threads().value());
        assertEquals(0, one.alone().value());
    }

    @Test
    void aloneIsNotUsedWhereItIsNotFaster() {
        assertEquals(0, tried(40, 24, 4, 6).alone().value());
    }

    @Test
    void whatTheOperatorSetsIsInForce() {
        Plan plan = Plans.of("headroom.lanes", "1");
        assertEquals(1, plan.lanes().value());
        assertEquals(Source.SET, plan.lanes().source());
        assertEquals(2, plan.threads().value());
    }

    @Test
    void lanesWithoutMeasureAreRefused() {
        PlanRefusedException e = assertThrows(PlanRefusedException.class, () -> Plans.of("headroom.lanes", "17"));
        assertTrue(
                e.getMessage().startsWith("headroom.lanes is 17: more than 8 for each of the 2 cores"), e.getMessage());
        assertEquals(16, Plans.of("headroom.lanes", "16").lanes().value());
    }

    @Test
    void eachLaneGetsItsPartOfTheMemory() {
        long one = Plans.of("headroom.lanes", "1").memory().value();
        long both = Plans.of().memory().value();
        assertTrue(Math.abs(one - 2 * both) <= 2, one + " " + both);
    }

    @Test
    void aRunCostsWhatABatchDoesNotTakeForItsElements() {
        Calibration measured = Calibrations.of(40, Calibrations.ran(1, 16, 5), Calibrations.ran(8, 16, 33));
        assertEquals(4, measured.runCost(), "16 elements take 4 ms, and the run 1 ms");
        assertEquals(4, Plans.of(Optional.of(measured)).runCost().value());
        Calibration faster = Calibrations.of(40, Calibrations.ran(1, 16, 5), Calibrations.ran(2, 16, 5));
        assertEquals(0, faster.runCost(), "nothing follows from a larger batch that took no longer");
    }
}
