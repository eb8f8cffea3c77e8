package dev.headroom.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.benchmark.LoadOrder.Demand;
import dev.headroom.benchmark.LoadOrder.Time;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Loads of four bodies with a second that is not counted and two that are. */
class LoadTallyTest {

    private static final long SECOND = 1_000_000_000;

    private static LoadTally tally(Demand demand) {
        return new LoadTally(new LoadOrder(1, Path.of("bodies"), demand, new Time(1, 2), "/infer", ""), 4, 0);
    }

    @Test
    void aClosedLoopCountsWholeRoundsFromAnAnswerOn() {
        LoadTally tally = tally(new Demand.Closed(1));
        long now = 0;
        while (tally.open(now)) {
            tally.answered(200, now, now + SECOND / 4);
            now += SECOND / 4;
        }
        LoadResult result = tally.result(14, 0);
        assertEquals(4, result.perSecond(), 1e-9);
        assertEquals(250, result.latency().p50(), 1);
        assertEquals(3 * SECOND, now, "from 1 s on, two rounds of a second");
    }

    @Test
    void aClosedLoopEndsEvenWhereARoundDoesNot() {
        LoadTally tally = tally(new Demand.Closed(1));
        assertTrue(tally.open(17 * SECOND));
        assertFalse(tally.open(18 * SECOND));
    }

    @Test
    void anOpenLoopCountsWhatWasDueAndLateAnswersFromWhenTheyWereDue() {
        LoadTally tally = tally(new Demand.Open(1));
        tally.answered(200, SECOND / 2, 2 * SECOND);
        tally.answered(200, SECOND, 5 * SECOND);
        assertTrue(tally.open(3 * SECOND - 1));
        assertFalse(tally.open(3 * SECOND));
        LoadResult result = tally.result(2, 0);
        assertEquals(0.5, result.perSecond());
        assertEquals(4000, result.latency().p50(), 4);
    }

    @Test
    void whatIsNotAnswered200HasNoLatency() {
        LoadTally tally = tally(new Demand.Open(1));
        tally.answered(504, SECOND, 2 * SECOND);
        tally.answered(429, SECOND, 2 * SECOND);
        tally.broken(SECOND);
        assertEquals(
                new LoadResult(0, new Latency(0, 0, 0), new Faults(4, 2), 6),
                LoadResult.parse(tally.result(6, 3).line()));
    }
}
