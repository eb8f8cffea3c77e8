package dev.headroom.function.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headroom.function.body.JsonFields;
import dev.headroom.request.RequestFailedException;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ToolCallsTest {

    private static JsonFields fields(String json) throws JsonProcessingException {
        return new JsonFields("", new ObjectMapper().readTree(json));
    }

    private static JsonFields call(String arguments) throws JsonProcessingException {
        return fields("{\"tool_calls\": [{\"id\": \"1\", \"type\": \"function\", \"function\": {\"name\": \"f\"%s}}]}"
                .formatted(arguments));
    }

    @ParameterizedTest
    @ValueSource(strings = {", \"arguments\": \"{\\\"a\\\": 1}\"", ", \"arguments\": {\"a\": 1}"})
    void argumentsAreAnObjectToTheTemplate(String arguments) throws Exception {
        Object called =
                ToolCalls.read(call(arguments), "assistant").orElseThrow().getFirst();
        assertEquals(
                Map.of("id", "1", "type", "function", "function", Map.of("name", "f", "arguments", Map.of("a", 1L))),
                called);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ", \"arguments\": \"\"", ", \"arguments\": null"})
    void argumentsThatAreLeftOutAreNone(String arguments) throws Exception {
        Map<?, ?> called = (Map<?, ?>)
                ToolCalls.read(call(arguments), "assistant").orElseThrow().getFirst();
        assertEquals(Map.of(), ((Map<?, ?>) called.get("function")).get("arguments"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"[1]\"", "\"{\"", "\"{} more\"", "\"{}{}\"", "7"})
    void otherArgumentsAreRefused(String arguments) throws Exception {
        JsonFields message = call(", \"arguments\": " + arguments);
        RequestFailedException refused =
                assertThrows(RequestFailedException.class, () -> ToolCalls.read(message, "assistant"));
        assertTrue(refused.failure().detail().startsWith("tool_calls[0].function.arguments is "), refused::toString);
    }

    @Test
    void onlyTheAssistantCalls() throws Exception {
        JsonFields message = call("");
        assertThrows(RequestFailedException.class, () -> ToolCalls.read(message, "user"));
        assertEquals(Optional.empty(), ToolCalls.read(fields("{\"tool_calls\": []}"), "user"));
    }
}
