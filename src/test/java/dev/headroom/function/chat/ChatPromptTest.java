package dev.headroom.function.chat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headroom.function.body.JsonFields;
import dev.headroom.request.RequestFailedException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChatPromptTest {

    private static final Conversation CONVERSATION = new Conversation(List.of(Map.of("role", "user", "content", "Hi")));

    private static ChatPrompt read(String json) throws JsonProcessingException {
        return ChatPrompt.read(new JsonFields("", new ObjectMapper().readTree(json)), CONVERSATION);
    }

    private static void assertRefused(String json, String start) {
        RequestFailedException refused = assertThrows(RequestFailedException.class, () -> read(json));
        assertTrue(refused.failure().detail().startsWith(start), refused.failure()::detail);
    }

    @Test
    void theMessagesAreToBeAnsweredUnlessTheRequestSaysOtherwise() throws Exception {
        assertEquals(true, read("{}").variables().get("add_generation_prompt"));
        assertEquals(
                false, read("{\"add_generation_prompt\": false}").variables().get("add_generation_prompt"));
        assertFalse(read("{}").goesOn());
    }

    @Test
    void aMessageThatIsContinuedIsNotAnswered() throws Exception {
        ChatPrompt prompt = read("{\"continue_final_message\": true}");
        assertTrue(prompt.goesOn());
        assertEquals(false, prompt.variables().get("add_generation_prompt"));
        assertRefused(
                "{\"continue_final_message\": true, \"add_generation_prompt\": true}",
                "continue_final_message and add_generation_prompt are both true");
    }

    @Test
    void variablesOfTheCallerReachTheTemplateButChangeNoMessages() throws Exception {
        Map<String, Object> variables =
                read("{\"chat_template_kwargs\": {\"enable_thinking\": false, \"messages\": [], \"depth\": 2, \"x\": {\"y\": [1.5, null]}}}")
                        .variables();
        assertEquals(false, variables.get("enable_thinking"));
        assertEquals(2L, variables.get("depth"));
        assertEquals(1.5, ((List<?>) ((Map<?, ?>) variables.get("x")).get("y")).getFirst());
        assertEquals(CONVERSATION.messages(), variables.get("messages"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"chat_template_kwargs", "documents", "tools", "reasoning_effort", "add_generation_prompt"})
    void aFieldOfAnotherKindIsRefusedByName(String field) {
        assertRefused("{\"%s\": 7}".formatted(field), field + " is the number 7; send ");
    }
}
