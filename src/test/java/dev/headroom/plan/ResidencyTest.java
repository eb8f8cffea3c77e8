package dev.headroom.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.plan.Residency.Step;
import dev.headroom.plan.Resident.State;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ResidencyTest {

    private static final long SECOND = 1_000_000_000L;
    private static final long NOW = 1000 * SECOND;
    private static final Residency HUNDRED = new Residency(100, Optional.empty());

    /** A model that was opened long ago and used so many seconds ago, once. */
    private static Resident open(String name, long bytes, long usedAgo) {
        return new Resident(
                name,
                State.OPEN,
                bytes,
                0,
                false,
                false,
                0,
                NOW - usedAgo * SECOND,
                1.0 / usedAgo,
                0,
                Duration.ofMillis(500));
    }

    private static Resident wanted(String name, long bytes, long ago) {
        return new Resident(
                name, State.WANTED, bytes, 0, false, false, 0, 0, 0, NOW - ago * SECOND, Duration.ofMillis(500));
    }

    private static Resident with(Resident of, boolean pinned, boolean busy, long openedAgo) {
        return new Resident(
                of.name(),
                of.state(),
                of.baseBytes(),
                of.batchBytes(),
                pinned,
                busy,
                NOW - openedAgo * SECOND,
                of.usedNanos(),
                of.rate(),
                of.wantedNanos(),
                of.opening());
    }

    private static Step next(Resident... models) {
        return HUNDRED.next(NOW, List.of(models));
    }

    private static List<String> closed(Step step) {
        return assertInstanceOf(Step.Close.class, step).closed();
    }

    @Test
    void whatFitsIsOpenedAndNothingIsClosed() {
        assertEquals(new Step.Open("b", List.of()), next(open("a", 60, 10), wanted("b", 40, 1)));
        assertEquals(new Step.Wait(Long.MAX_VALUE), next(open("a", 60, 10)));
    }

    @Test
    void theLeastRecentlyUsedGives() {
        assertEquals(new Step.Open("c", List.of("a")), next(open("a", 50, 30), open("b", 50, 20), wanted("c", 50, 1)));
    }

    @Test
    void amongThoseThatFreeEnough() {
        assertEquals(new Step.Open("c", List.of("b")), next(open("a", 10, 30), open("b", 80, 20), wanted("c", 80, 1)));
    }

    @Test
    void oneBigOldOneGivesRatherThanThreeSmallRecentOnes() {
        assertEquals(
                new Step.Open("x", List.of("big")),
                next(open("a", 15, 5), open("b", 15, 6), open("c", 15, 7), open("big", 50, 60), wanted("x", 40, 1)));
        assertEquals(
                new Step.Open("x", List.of("c", "b", "a")),
                next(open("a", 15, 50), open("b", 15, 60), open("c", 15, 70), open("big", 50, 3), wanted("x", 45, 1)),
                "three old ones rather than a recent one");
    }

    @Test
    void aPinnedOneNeverGives() {
        assertEquals(
                new Step.Open("c", List.of("b")),
                next(with(open("a", 50, 30), true, false, 1000), open("b", 50, 20), wanted("c", 50, 1)));
        Step.Refuse refused = assertInstanceOf(
                Step.Refuse.class, next(with(open("a", 60, 30), true, false, 1000), wanted("c", 50, 1)));
        assertTrue(refused.reason().contains("the pinned a"), refused.reason());
    }

    @Test
    void oneThatIsAtWorkGivesOnlyWhereNoOtherCan() {
        Resident busy = with(open("a", 50, 30), false, true, 1000);
        assertEquals(new Step.Open("c", List.of("b")), next(busy, open("b", 50, 20), wanted("c", 50, 1)));
        assertEquals(new Step.Open("c", List.of("a")), next(busy, wanted("c", 80, 1)));
    }

    @Test
    void oneThatWasJustOpenedStaysForItsTurnWhileItIsUsed() {
        Resident used = with(open("a", 80, 0), false, true, 1);
        assertEquals(new Step.Wait(NOW + SECOND), next(used, wanted("b", 80, 1)));
        Resident unused = with(open("a", 80, 1), false, false, 1);
        assertEquals(new Step.Open("b", List.of("a")), next(unused, wanted("b", 80, 1)), "it gives its turn up");
    }

    @Test
    void theOneThatWaitedLongestComesFirstAndOthersTakeNoneOfItsRoom() {
        Resident turn = with(open("a", 60, 0), false, true, 1);
        Resident idle = open("b", 40, 50);
        assertEquals(
                new Step.Wait(NOW + SECOND),
                next(turn, idle, wanted("first", 90, 5), wanted("second", 40, 1)),
                "b leaves with a");
        assertEquals(
                new Step.Open("second", List.of()),
                next(turn, wanted("first", 80, 5), wanted("second", 20, 1)),
                "it fits beside the first, too");
    }

    @Test
    void whereTheRoomShrinksTheLeastUsedIsClosed() {
        assertEquals(List.of("b"), closed(next(open("a", 60, 5), open("b", 60, 20))));
        assertEquals(new Step.Wait(Long.MAX_VALUE), next(open("a", 160, 5)), "the last one stays");
    }

    @Test
    void idleOnesAreClosedWhereThatIsAskedFor() {
        Residency closing = new Residency(100, Optional.of(Duration.ofSeconds(10)));
        assertEquals(List.of("b"), closed(closing.next(NOW, List.of(open("a", 10, 4), open("b", 10, 10)))));
        assertEquals(new Step.Wait(NOW + 6 * SECOND), closing.next(NOW, List.of(open("a", 10, 4))));
        assertEquals(
                new Step.Wait(Long.MAX_VALUE),
                closing.next(
                        NOW,
                        List.of(with(open("a", 10, 40), true, false, 100), with(open("b", 10, 40), false, true, 100))));
    }
}
