package dev.headroom.function.chat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headroom.function.body.JsonFields;
import dev.headroom.request.RequestFailedException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ToolCallsTest {

    private static final String TOOLS = "\"tools\": [{\"type\": \"function\", \"function\": {\"name\": \"f\"}}]";

    private static JsonFields fields(String json) throws JsonProcessingException {
        return new JsonFields("", new ObjectMapper().readTree(json));
    }

    private static JsonFields call(String arguments) throws JsonProcessingException {
        return fields("{\"tool_calls\": [{\"id\": \"1\", \"type\": \"function\", \"function\": {\"name\": \"f\"%s}}]}"
                .formatted(arguments));
    }

    private static String refused(JsonFields body) {
        return assertThrows(RequestFailedException.class, () -> ToolCalls.tools(body))
                .failure()
                .detail();
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

    @Test
    void toolsGoToTheTemplateUnlessNoneAreToBeCalled() throws Exception {
        Object tool = Map.of("type", "function", "function", Map.of("name", "f"));
        for (String choice : List.of("", ", \"tool_choice\": \"auto\"", ", \"tool_choice\": null")) {
            assertEquals(Optional.of(List.of(tool)), ToolCalls.tools(fields("{" + TOOLS + choice + "}")));
        }
        assertEquals(Optional.empty(), ToolCalls.tools(fields("{" + TOOLS + ", \"tool_choice\": \"none\"}")));
        assertEquals(Optional.empty(), ToolCalls.tools(fields("{\"tools\": []}")));
    }

    @Test
    void aCallThatIsForcedIsRefused() throws Exception {
        assertEquals(
                "tool_choice is 'required'; send none or auto, or leave it out.",
                refused(fields("{" + TOOLS + ", \"tool_choice\": \"required\"}")));
        assertEquals(
                "tool_choice is an object, and no call is forced here; send none or auto.",
                refused(fields("{" + TOOLS + ", \"tool_choice\": {\"type\": \"function\"}}")));
    }

    @Test
    void aToolWithoutANameIsRefusedByItsPlace() throws Exception {
        assertEquals(
                "tools[0].function.name is missing; send the function's name.",
                refused(fields("{\"tools\": [{\"type\": \"function\", \"function\": {}}]}")));
        assertEquals(
                "tools[0].type is 'custom'; send objects of type function.",
                refused(fields("{\"tools\": [{\"type\": \"custom\"}]}")));
        assertEquals("tools[0].type is missing; send objects of type function.", refused(fields("{\"tools\": [1]}")));
    }
}
