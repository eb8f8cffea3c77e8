package dev.headroom.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class OffsetsTest {

    private final Offsets offsets = new Offsets();

    @Test
    void nothingIsCommittedBehindWhatIsNotSettled() {
        offsets.begin(4);
        offsets.begin(7); // 5 and 6 are gone from the topic
        offsets.begin(8);
        offsets.settle(7);
        assertEquals(Optional.empty(), offsets.committable());
        offsets.settle(4);
        assertEquals(Optional.of(8L), offsets.committable());
        assertEquals(1, offsets.uncommitted());
        offsets.settle(8);
        assertEquals(Optional.of(9L), offsets.committable());
    }

    @Test
    void whatIsLeftKeepsAllThatFollowsFromBeingCommitted() {
        offsets.begin(0);
        offsets.begin(1);
        offsets.leave();
        offsets.settle(1);
        assertEquals(Optional.empty(), offsets.committable());
        assertEquals(0, offsets.unsettled());
        assertEquals(2, offsets.uncommitted());
    }
}
