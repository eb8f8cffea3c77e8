package dev.headroom.function.body;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.request.Failure;
import dev.headroom.request.RequestFailedException;
import org.junit.jupiter.api.Test;

class RequestMemoryTest {

    private final RequestMemory memory = new RequestMemory(1_000_000);

    private static Failure refused(RequestMemory.Share share, long bytes) {
        return assertThrows(RequestFailedException.class, () -> share.take(bytes))
                .failure();
    }

    @Test
    void whatIsTakenComesBackOnceTheLastHasReleasedIt() {
        RequestMemory.Share share = memory.share();
        share.take(500_000);
        assertTrue(share.retain());
        share.release();
        assertEquals(500_000, memory.taken());
        share.take(100_000);
        assertEquals(600_000, memory.taken());
        share.release();
        assertEquals(0, memory.taken());
        share.take(5);
        assertEquals(0, memory.taken());
        assertFalse(share.retain());
    }

    @Test
    void whatNeverFitsIsTooLargeAndWhatDoesNotFitNowMayBeTriedAgain() {
        assertInstanceOf(Failure.TooLarge.class, refused(memory.share(), 1_100_000));
        RequestMemory.Share one = memory.share();
        one.take(900_000);
        assertInstanceOf(Failure.Overloaded.class, refused(memory.share(), 200_000));
        assertEquals(900_000, memory.taken());
        one.release();
        memory.share().take(200_000);
        assertEquals(200_000, memory.taken());
    }

    @Test
    void anAnswerThatGrowsTakesOfTheSameMemoryAndGivesBackWhatIsWritten() {
        RequestMemory.Share answer = memory.share();
        answer.take(400_000);
        answer.takeForAnswer(500_000);
        assertEquals(900_000, memory.taken());
        answer.giveBack(300_000);
        assertEquals(600_000, memory.taken());
        RequestFailedException refused =
                assertThrows(RequestFailedException.class, () -> answer.takeForAnswer(500_000));
        assertEquals(
                "The answer takes 1100000 bytes of memory by now, and at most 1000000 are held of all requests; ask for"
                        + " less at a time, or raise headroom.input.body-memory.",
                refused.getMessage());
        answer.release();
        answer.giveBack(100_000);
        assertEquals(0, memory.taken());
    }

    @Test
    void smallRequestsHaveRoomThatLargeOnesHaveNot() {
        memory.share().take(1_000_000);
        memory.share().take(64 << 10);
        assertInstanceOf(Failure.Overloaded.class, refused(memory.share(), 80_000));
    }
}
