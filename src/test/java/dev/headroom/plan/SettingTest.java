package dev.headroom.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.headroom.device.Bytes;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingTest {

    private static final Setting DERIVED = new Setting(7, "items", Source.TIER, "because");

    @Test
    void aSettingThatTheOperatorLeavesOutIsDerived() {
        assertEquals(DERIVED, DERIVED.overriddenBy("headroom.x", OptionalLong.empty()));
        assertEquals(DERIVED, DERIVED.overriddenBy("headroom.x", OptionalInt.empty()));
        assertEquals(DERIVED, DERIVED.overriddenBy("headroom.x", Optional.<Duration>empty()));
    }

    @Test
    void theOperatorsValueIsInForce() {
        Setting one = new Setting(1, "items", Source.SET, "set by headroom.x");
        assertEquals(one, DERIVED.overriddenBy("headroom.x", OptionalLong.of(1)));
        assertEquals(one, DERIVED.overriddenBy("headroom.x", OptionalInt.of(1)));
    }

    @ParameterizedTest
    @CsvSource({"PT0S, 0", "PT0.000000001S, 1", "PT0.001S, 1", "PT0.0011S, 2", "PT24H, 86400000"})
    void aTimeIsRoundedUpToMilliseconds(Duration set, long millis) {
        assertEquals(
                millis, DERIVED.overriddenBy("headroom.x", Optional.of(set)).value());
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
