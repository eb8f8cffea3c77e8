package dev.headroom.generation.form;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A text that begins one JSON object, and no other. */
class JsonStateTest {

    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private static JsonState read(String text) {
        JsonState state = new JsonState();
        return state.read(text) ? state : new JsonState();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                " \n{ }",
                "{\"a\":1}",
                "{\"a\" : -0.5e+10 , \"b\":[ ] }",
                "{\"a\":[true,false,null,[{}],0,1.0,10E5,-7]}",
                "{\"\\u00e9\\n\\\"\\\\\":\"日本😀\uFFFD\"}",
                "{\n        \"a\": {\n                \"b\": 1\n        }\n}",
            })
    void anObjectIsReadToItsEnd(String text) throws JsonProcessingException {
        assertTrue(read(text).closed());
        JSON.readTree(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[",
                "1",
                "\"",
                "{1",
                "{a",
                "{,",
                "{\"a\"}",
                "{\"a\",",
                "{\"a\":}",
                "{\"a\":1,}",
                "{\"a\":01",
                "{\"a\":1.}",
                "{\"a\":1.e",
                "{\"a\":.5",
                "{\"a\":+1",
                "{\"a\":1e}",
                "{\"a\":--",
                "{\"a\":tru}",
                "{\"a\":trues",
                "{\"a\":True",
                "{\"a\":[1,]",
                "{\"a\":[1}",
                "{\"a\":[,",
                "{\"a\":1]",
                "{\"a\":\"\n",
                "{\"a\":\"\\x",
                "{\"a\":\"\\u12g",
                "{}{",
                "{} ",
                "{\"a\":1 2",
                "{\"a\":'",
                "{\"a\":\uFFFD",
                "{\uFFFD",
                "{\"a\":1\u00a0",
                "{\"a\":٣",
                "{                 ",
            })
    void whatIsNoBeginningOfAnObjectIsRefused(String text) {
        assertFalse(new JsonState().read(text));
    }

    @Test
    void nestingIsBounded() {
        assertTrue(new JsonState().read("{\"a\":" + "[".repeat(63)));
        assertFalse(new JsonState().read("{\"a\":" + "[".repeat(64)));
        assertTrue(read("{\"a\":" + "[".repeat(63) + "]".repeat(63) + "}").closed());
    }
}
