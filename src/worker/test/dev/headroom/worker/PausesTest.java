package dev.headroom.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PausesTest {

    @Test
    void pausesDoubleUpToTenSeconds() {
        assertEquals(Duration.ofMillis(200), Pauses.after(1, Optional.empty()));
        assertEquals(Duration.ofMillis(800), Pauses.after(3, Optional.empty()));
        assertEquals(Duration.ofSeconds(10), Pauses.after(1000, Optional.empty()));
    }

    @Test
    void aFailureMayAskForALongerPause() {
        assertEquals(Duration.ofSeconds(2), Pauses.after(1, Optional.of(Duration.ofSeconds(2))));
        assertEquals(Duration.ofSeconds(10), Pauses.after(1, Optional.of(Duration.ofSeconds(60))));
    }

    @Test
    void aDrainEndsThemAtOnce() {
        Pauses pauses = new Pauses();
        pauses.end();
        assertFalse(pauses.pause(Duration.ofDays(1)));
    }
}
