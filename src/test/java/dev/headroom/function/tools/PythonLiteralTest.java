package dev.headroom.function.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PythonLiteralTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "True|true",
                "[False, None]|[false, null]",
                "Trueish|Trueish",
                "{'True': True}|{\"True\": true}",
                "'it\\'s'|\"it's\"",
                "\"it's\"|\"it's\"",
                "'say \"x\"'|\"say \\\"x\\\"\"",
                "'a\\n\\t\\\\'|\"a\\n\\t\\\\\"",
                "'\u00e4'|\"\u00e4\"",
                "-1.5e3|-1.5e3",
                "'a' 'b'|\"a\" \"b\"",
                "(1, 2)|(1, 2)",
                "^^|^^"
            })
    void wordsAndQuotationMarksBecomeThoseOfJson(String python, String json) {
        assertEquals(Optional.of(json), PythonLiteral.json(python));
    }

    @ParameterizedTest
    @ValueSource(strings = {"'a", "\"a", "'a''", "it's", "'\\x41'", "'\\u0041'", "'\\"})
    void anOpenMarkOrAnotherEscapeIsNone(String python) {
        assertEquals(Optional.empty(), PythonLiteral.json(python));
    }

    @Test
    void aLineMayEndWithinATextAndControlCharactersAreEscaped() {
        assertEquals(Optional.of("\"a\\n\\u0001\""), PythonLiteral.json("'a\n\u0001'"));
    }
}
