package dev.headroom.function.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FingerprintTest {

    private static final JsonMapper JSON = new JsonMapper();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"inputs\": [\"a\", \"b\"]} | {\"inputs\": [\"ab\"]}",
                "{\"inputs\": [\"a\", \"b\"]} | {\"inputs\": [\"b\", \"a\"]}",
                "{\"inputs\": [\"a\", []]} | {\"inputs\": [[], \"a\"]}",
                "{\"inputs\": [[\"a\"], \"b\"]} | {\"inputs\": [[\"a\", \"b\"]]}",
                "{\"inputs\": \"1\"} | {\"inputs\": 1}",
                "{\"inputs\": \"true\"} | {\"inputs\": true}",
                "{\"inputs\": \"\"} | {\"inputs\": null}",
                "{\"inputs\": {}} | {\"inputs\": []}",
                "{\"a\": {\"b\": 1}} | {\"a\": {}, \"b\": 1}",
            })
    void unlikeJsonHasUnlikeFingerprints(String one, String other) throws JsonProcessingException {
        assertNotEquals(of(one), of(other));
        assertEquals(of(one), of(one.replace(" ", "")));
    }

    @Test
    void everyCharacterOfALongTextCounts() {
        String text = "\u00e9".repeat(5000);
        for (int at : List.of(0, 1023, 1024, 1025, 2048, 4999)) {
            String changed = text.substring(0, at) + '\u0129' + text.substring(at + 1);
            assertNotEquals(
                    new Fingerprint().add(text).hex(),
                    new Fingerprint().add(changed).hex(),
                    "at " + at);
        }
        assertEquals(
                new Fingerprint().add(text).hex(),
                new Fingerprint().add("\u00e9".repeat(5000)).hex());
    }

    @Test
    void theBordersOfValuesCount() {
        assertNotEquals(
                new Fingerprint().add("ab").add("c").hex(),
                new Fingerprint().add("a").add("bc").hex());
        assertNotEquals(
                new Fingerprint().add("ab").hex(),
                new Fingerprint().add("ab".getBytes(StandardCharsets.UTF_16BE)).hex());
    }

    private static String of(String json) throws JsonProcessingException {
        return new Fingerprint().add(JSON.readTree(json)).hex();
    }
}
