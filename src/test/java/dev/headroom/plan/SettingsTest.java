package dev.headroom.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.device.Bytes;
import dev.headroom.settings.PlanRefusedException;
import io.quarkus.runtime.configuration.MemorySize;
import java.math.BigInteger;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsTest {

    private static final Setting DERIVED = new Setting(7, "items", Source.TIER, "because");

    @Test
    void whatIsNotSetIsDerived() {
        assertEquals(DERIVED, Settings.atLeast(1, "headroom.x", OptionalLong.empty(), DERIVED));
        assertEquals(OptionalLong.empty(), Settings.wide(OptionalInt.empty()));
        assertEquals(OptionalLong.empty(), Settings.bytes("headroom.x", Optional.empty()));
        assertEquals(OptionalLong.empty(), Settings.millis("headroom.x", Optional.empty()));
    }

    @Test
    void theLeastThatMakesSenseIsInForceAndBelowItIsRefusedByName() {
        assertEquals(
                new Setting(1, "items", Source.SET, "set by headroom.x"),
                Settings.atLeast(1, "headroom.x", OptionalLong.of(1), DERIVED));
        PlanRefusedException e = assertThrows(
                PlanRefusedException.class, () -> Settings.atLeast(1, "headroom.x", OptionalLong.of(0), DERIVED));
        assertEquals(
                "headroom.x is 0 items: set it to at least 1, or leave it out to have it derived.", e.getMessage());
    }

    @ParameterizedTest
    @CsvSource({"PT0S, 0", "PT0.000000001S, 1", "PT0.001S, 1", "PT0.0011S, 2", "PT24H, 86400000"})
    void aTimeIsRoundedUpToMilliseconds(Duration set, long millis) {
        assertEquals(OptionalLong.of(millis), Settings.millis("headroom.x", Optional.of(set)));
    }

    @ParameterizedTest
    @CsvSource({"PT-0.0005S", "PT-1S", "PT-2562047788015215H", "PT24H0.000000001S", "PT2562047788015215H"})
    void aTimeThatCannotBeMeantIsRefusedByName(Duration set) {
        PlanRefusedException e =
                assertThrows(PlanRefusedException.class, () -> Settings.millis("headroom.timeout", Optional.of(set)));
        assertTrue(e.getMessage().startsWith("headroom.timeout is PT"), e.getMessage());
        assertTrue(e.getMessage().contains("set it to between 0 and PT24H"), e.getMessage());
    }

    @Test
    void aSizeThatNoMachineHasIsRefusedByName() {
        MemorySize most = new MemorySize(BigInteger.TWO.pow(62).subtract(BigInteger.ONE));
        assertEquals(OptionalLong.of((1L << 62) - 1), Settings.bytes("headroom.memory.limit", Optional.of(most)));
        MemorySize more = new MemorySize(BigInteger.TWO.pow(62));
        PlanRefusedException e = assertThrows(
                PlanRefusedException.class, () -> Settings.bytes("headroom.memory.limit", Optional.of(more)));
        assertTrue(
                e.getMessage().startsWith("headroom.memory.limit is 4611686018427387904 bytes: set it"),
                e.getMessage());
    }

    @Test
    void aCountThatFitsAnIntIsOne() {
        assertEquals(7, DERIVED.asInt());
        assertEquals("7 items", DERIVED.text());
        assertEquals("1.5 KiB", new Setting(1536, "bytes", Source.DEFAULT, "").text());
        assertThrows(ArithmeticException.class, () -> new Setting(1L << 31, "items", Source.DEFAULT, "").asInt());
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0 B",
        "1023, 1023 B",
        "1024, 1.0 KiB",
        "25757220864, 24.0 GiB",
        "-2048, -2.0 KiB",
        "9223372036854775807, 8388608.0 TiB",
    })
    void bytesAreShownAsPeopleReadThem(long bytes, String text) {
        assertEquals(text, Bytes.text(bytes));
    }
}
