package dev.headroom.function;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.plan.Configs;
import io.quarkus.runtime.configuration.ConfigurationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InputLimitsTest {

    private static void check(String setting, String value) {
        InputLimits.check(Configs.of("headroom.input." + setting, value).input());
    }

    @ParameterizedTest
    @CsvSource({
        "max-items, 0",
        "max-items, -1",
        "max-characters, 0",
        "max-pixels, 0",
        "max-pixels, -1",
        "max-pixels, 715827883",
        "max-elements, 0",
        "max-elements, -9223372036854775808",
        "max-json-depth, 0",
        "max-number-length, -1",
        "image-memory, 0",
        "image-memory, 9223372036854775808",
        "body-memory, 0",
    })
    void aLimitThatMakesNoSenseIsNamed(String setting, String value) {
        ConfigurationException e = assertThrows(ConfigurationException.class, () -> check(setting, value));
        assertTrue(e.getMessage().startsWith("headroom.input." + setting + " is " + value), e.getMessage());
    }

    @ParameterizedTest
    @CsvSource({"max-items, 1", "max-pixels, 715827882", "max-json-depth, 1", "image-memory, 1", "body-memory, 1G"})
    void whatMakesSenseIsTaken(String setting, String value) {
        assertDoesNotThrow(() -> check(setting, value));
    }

    @Test
    void whatIsLeftOutMakesSense() {
        assertDoesNotThrow(() -> InputLimits.check(Configs.of().input()));
    }
}
