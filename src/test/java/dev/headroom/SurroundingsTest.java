package dev.headroom;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.headroom.settings.Environment;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SurroundingsTest {

    private static final long GIB = 1L << 30;

    private static final Surroundings MADE =
            new Surroundings(new Environment(Map.of("HEADROOM_DEVICE", "cpu")), List.of("", "a=1"), 4, 8 * GIB, 1_000);

    @Test
    void theSameAndMoreRoomIsFine() {
        assertEquals(Optional.empty(), MADE.refusal(MADE));
        Surroundings roomier = new Surroundings(MADE.environment(), MADE.files(), 2, 16 * GIB, 5_000);
        assertEquals(Optional.empty(), roomier.refusal(MADE));
    }

    @Test
    void eachMismatchIsNamed() {
        Surroundings other = new Surroundings(
                new Environment(Map.of("HEADROOM_DEVICE", "gpu")), List.of("", "a=2"), 8, 4 * GIB, 999);
        assertEquals(
                Optional.of("other settings are in the environment (HEADROOM_DEVICE); "
                        + "other settings are in config/application.properties or .env; "
                        + "8 cores are here and were 4 there; 4.0 GiB of memory are here and were 8.0 GiB there; "
                        + "this machine is up for a shorter time than that one was, so that timers would stand still"),
                other.refusal(MADE));
    }

    @Test
    void machinesOfOneKindDifferALittleInMemory() {
        Surroundings alike = new Surroundings(MADE.environment(), MADE.files(), 4, 8 * GIB - 100_000_000, 1_000);
        assertEquals(Optional.empty(), alike.refusal(MADE));
    }

    @Test
    void thisProcessHasSurroundings() {
        Surroundings here = Surroundings.of(MADE.environment());
        assertEquals(Runtime.getRuntime().availableProcessors(), here.cores());
        assertEquals(2, here.files().size());
        assertEquals(Optional.empty(), here.refusal(here));
    }
}
