package dev.headroom;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.headroom.settings.Environment;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SurroundingsTest {

    private static final long GIB = 1L << 30;

    private static final Surroundings MADE =
            new Surroundings(new Environment(Map.of("HEADROOM_DEVICE", "cpu")), "digest", 4, 8 * GIB, 1_000);

    @Test
    void theSameAndMoreRoomIsFine() {
        assertEquals(Optional.empty(), MADE.refusal(MADE));
        Surroundings roomier = new Surroundings(MADE.environment(), MADE.settings(), 2, 16 * GIB, 5_000);
        assertEquals(Optional.empty(), roomier.refusal(MADE));
    }

    @Test
    void eachMismatchIsNamed() {
        Surroundings other =
                new Surroundings(new Environment(Map.of("HEADROOM_DEVICE", "gpu")), "another digest", 8, 4 * GIB, 999);
        assertEquals(
                Optional.of("other settings are in the environment (HEADROOM_DEVICE); "
                        + "other settings are in a file, such as config/application.properties; "
                        + "8 cores are here and were 4 there; 4.0 GiB of memory are here and were 8.0 GiB there; "
                        + "this machine is up for a shorter time than that one was, so that timers would stand still"),
                other.refusal(MADE));
    }

    @Test
    void machinesOfOneKindDifferALittleInMemory() {
        Surroundings alike = new Surroundings(MADE.environment(), MADE.settings(), 4, 8 * GIB - 100_000_000, 1_000);
        assertEquals(Optional.empty(), alike.refusal(MADE));
    }

    @Test
    void thisProcessHasSurroundings() {
        Surroundings here = of("a", "1");
        assertEquals(Runtime.getRuntime().availableProcessors(), here.cores());
        assertEquals(Optional.empty(), here.refusal(here));
    }

    @Test
    void settingsOfAFileAreCompared() {
        Surroundings before = of("headroom.page", "on");
        assertEquals(Optional.empty(), of("headroom.page", "on").refusal(before));
        assertEquals(
                Optional.of("other settings are in a file, such as config/application.properties"),
                of("headroom.page", "off").refusal(before));
    }

    private static Surroundings of(String setting, String value) {
        SmallRyeConfig settings = new SmallRyeConfigBuilder()
                .withSources(new PropertiesConfigSource(Map.of(setting, value), "file", 260))
                .build();
        return Surroundings.of(MADE.environment(), settings);
    }
}
