package dev.headroom.function.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quarkus.runtime.configuration.ConfigurationException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ApiKeysTest {

    private static final String FIRST = "first-key-0123456789";
    private static final String SECOND = "second-key-0123456789";

    private static String refusal(List<String> keys) {
        return assertThrows(ConfigurationException.class, () -> ApiKeys.of(keys, "the list"))
                .getMessage();
    }

    @Test
    void holdsEachOfItsKeysAndNothingLikeThem() {
        ApiKeys keys = ApiKeys.of(List.of(FIRST, SECOND), "the list");
        assertTrue(keys.hold(FIRST));
        assertTrue(keys.hold(SECOND));
        assertFalse(keys.hold(FIRST + " "));
        assertFalse(keys.hold(FIRST.substring(1)));
        assertFalse(keys.hold(FIRST.toUpperCase()));
        assertFalse(keys.hold(""));
    }

    @Test
    void aShortKeyIsRefusedWithoutBeingTold() {
        assertEquals(
                "Key 2 of the list has 15 characters, which can be guessed: use at least 16, such as `openssl rand -hex 32` prints.",
                refusal(List.of(FIRST, "012345678901234")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "key with a space 0123",
                "key-with-a-\u0007-bell",
                "key-with-a-\u007f-delete",
                "sch\u00fcssel-0123456789"
            })
    void aKeyThatNoHeaderCarriesIsRefusedWithoutBeingTold(String key) {
        String message = refusal(List.of(key));
        assertTrue(message.startsWith("Key 1 of the list holds a space, a control character"), message);
        assertFalse(message.contains(key), message);
    }

    @Test
    void aListWithoutAKeyIsRefused() {
        assertTrue(refusal(List.of()).startsWith("the list holds no key"));
    }
}
