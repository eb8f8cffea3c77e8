package dev.headroom.function;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.request.Priority;
import dev.headroom.request.RequestFailedException;
import dev.headroom.request.Urgency;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class UrgencyReaderTest {

    private static final Urgency BULK = new Urgency(Priority.BULK, Optional.of(Duration.ofMillis(500)));

    private static Urgency of(String... attributes) {
        Map<String, String> all = attributes.length == 0 ? Map.of() : Map.of(attributes[0], attributes[1]);
        return UrgencyReader.of(all, BULK);
    }

    @Test
    void anEventThatSaysNothingHasTheTermsOfItsRequest() {
        assertEquals(BULK, of());
    }

    @Test
    void anEventsOwnPriorityGoesBeforeItsRequests() {
        assertEquals(Priority.INTERACTIVE, of("headroompriority", "interactive").priority());
    }

    @Test
    void ofTwoDeadlinesTheEarlierHolds() {
        assertEquals(
                Optional.of(Duration.ofMillis(20)),
                of("headroomdeadlinems", "20").deadline());
        assertEquals(BULK.deadline(), of("headroomdeadlinems", "9000").deadline());
    }

    @Test
    void anErrorNamesTheAttribute() {
        RequestFailedException e = assertThrows(RequestFailedException.class, () -> of("headroompriority", "high"));
        assertTrue(e.getMessage().contains("attribute headroompriority is 'high'; send interactive or bulk"));
        e = assertThrows(RequestFailedException.class, () -> of("headroomdeadlinems", "-1"));
        assertTrue(e.getMessage().contains("attribute headroomdeadlinems is '-1'; send how many milliseconds"));
    }
}
