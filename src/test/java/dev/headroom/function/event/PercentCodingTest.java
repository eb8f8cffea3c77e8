package dev.headroom.function.event;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PercentCodingTest {

    /** The first three are the specification's own. */
    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '\'',
            value = {"Euro € 😀,Euro%20%E2%82%AC%20%F0%9F%98%80", "'a\"b',a%22b", "50%,50%25", "/a~!x,/a~!x"})
    void isWhatTheSpecificationSays(String value, String header) {
        assertEquals(header, PercentCoding.encode(value));
        assertEquals(value, PercentCoding.decode(header));
    }

    @Test
    void controlCharactersCannotSplitAHeader() {
        assertEquals("a%0D%0Ab%7F", PercentCoding.encode("a\r\nb\u007f"));
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '\'',
            value = {
                "50%,50%",
                "a%2,a%2",
                "%zz%41,%zzA",
                "%e2%82%ac,€",
                "'\"a \\\"b\\\" %20\"','a \"b\"  '",
                "'\"','\"'"
            })
    void readsWhatSendersGetWrongOrWriteOtherwise(String header, String value) {
        assertEquals(value, PercentCoding.decode(header));
    }

    @Test
    void octetsThatAreNoTextAreReplaced() {
        assertEquals("\ufffd", PercentCoding.decode("%ff"));
    }
}
