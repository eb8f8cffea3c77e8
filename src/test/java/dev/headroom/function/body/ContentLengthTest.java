package dev.headroom.function.body;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ContentLengthTest {

    @ParameterizedTest
    @CsvSource(
            nullValues = "none",
            value = {
                "0, 0",
                "14, 14",
                "999999999999999999, 999999999999999999",
                "1000000000000000000, -1",
                "none, -1",
                "'', -1",
                "' 1', -1",
                "-1, -1",
                "+1, -1",
                "1x, -1",
                "١, -1"
            })
    void onlyDigitsAreANumberOfBytes(String header, long bytes) {
        assertEquals(bytes, ContentLength.of(header));
    }
}
