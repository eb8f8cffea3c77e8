package dev.headroom.function.body;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonReasonTest {

    private final ObjectMapper json = new ObjectMapper();

    JsonReasonTest() {
        new StrictJson().customize(json);
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            delimiter = '|',
            value = {
                "{} 1 | Trailing token found after value",
                "{\"a\": 1, \"a\": 2} | Duplicate field 'a'",
                "{\"a\": NaN} | Non-standard token 'NaN'",
                "[+1] | Unexpected character ('+' (code 43)) in numeric value: JSON spec does not allow numbers to have plus signs",
                "[} | Unexpected close marker '}': expected ']' (for Array starting at line 1, column 1)",
                "[1, | Unexpected end-of-input within/between Array entries",
            })
    void saysWhatIsWrongWithoutNamesOfTypesAndSettings(String text, String reason) {
        assertEquals(reason, JsonReason.of(assertThrows(JsonProcessingException.class, () -> json.readTree(text))));
    }
}
