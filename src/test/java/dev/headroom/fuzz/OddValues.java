package dev.headroom.fuzz;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.POJONode;
import com.fasterxml.jackson.databind.util.RawValue;

/** Values for places where another is expected: rare JSON, and text that only looks like JSON. */
final class OddValues {

    private static final String[] TOKENS = {
        "null",
        "true",
        "false",
        "0",
        "-1",
        "-0",
        "-0.0",
        "1.5",
        "1e999",
        "-1e999",
        "1e-999",
        "NaN",
        "-Infinity",
        "2147483647",
        "2147483648",
        "-2147483649",
        "9223372036854775807",
        "9223372036854775808",
        "18446744073709551616",
        "1E+2147483648",
        "1e400000000",
        "00",
        "1.",
        ".5",
        "0x10",
        "1_000",
        "+1",
        "[]",
        "{}",
        "[[]]",
        "[{}]",
        "[null]",
        "{\"\":null}",
        "\"\"",
        "\" \"",
        "\"\\u0000\"",
        "\"\\ud800\"",
        "\"\\udc00\\ud800\"",
        "\"a\\ud83d\"",
        "\"\\ufeff\"",
        "\"\\ud83d\\ude00\"",
        "\"\\u202e\\u200d\"",
        "\"\\x\"",
        "\"\\u12\"",
        "\"\t\"",
        "'a'",
        "undefined",
        "\"a\" \"b\"",
        "/**/1",
        "\"INT64\"",
        "\"BYTES\"",
        "\"%s%n%d\"",
        "\"${7*7}\"",
        "\"a\\r\\nX: y\"",
        ""
    };

    private OddValues() {}

    static JsonNode next(Dice dice) {
        return raw(
                switch (dice.below(12)) {
                    case 0 -> "9".repeat(dice.of(20, 400, 1001, 5000));
                    case 1 -> "[".repeat(depth(dice)) + "]".repeat(depth(dice));
                    case 2 -> nested(depth(dice));
                    case 3 ->
                        '"'
                                + dice.of("a", "wörd ", "\\ud83d\\ude00", "\\u0000")
                                        .repeat(dice.of(10, 1000, 30_000))
                                + '"';
                    case 4 -> '"' + dice.of(OddReferences.ALL) + '"';
                    case 5 -> Long.toString(dice.anyLong());
                    case 6 -> Integer.toString(dice.between(-3, 300));
                    default -> dice.of(TOKENS);
                });
    }

    private static int depth(Dice dice) {
        return dice.of(2, 9, 33, 64, 200, 1100, 20_000);
    }

    private static String nested(int depth) {
        return "{\"a\":".repeat(depth) + "1" + "}".repeat(depth);
    }

    /** Written as it is. */
    static JsonNode raw(String json) {
        return new POJONode(new RawValue(json));
    }
}
