package dev.headroom.function.chat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.headroom.function.InputReader;
import dev.headroom.function.body.JsonFields;
import dev.headroom.function.tools.ToolCalls;
import dev.headroom.generation.ChatTemplates;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The messages of a chat as templates read them: {@code role}, {@code content} and what belongs to tools.
 *
 * @param messages at least one
 */
public record Conversation(List<Map<String, Object>> messages) {

    private static final String FIELD = "messages";
    private static final String CALLS = "tool_calls";

    private static final List<String> ROLES = List.of("system", "developer", "user", "assistant", "tool");

    /** Fields that are passed on to the template as they are. */
    private static final List<String> TEXTS = List.of("name", "tool_call_id", "reasoning_content");

    /**
     * Reads the messages of a request.
     *
     * @throws dev.headroom.request.RequestFailedException when one is not as it should be
     */
    public static Conversation read(JsonFields body, InputReader reader) {
        JsonNode messages = body.json().path(FIELD);
        if (!messages.isArray()) {
            throw JsonFields.wrong(
                    body.prefix() + FIELD, "is %s; send an array of messages.", JsonFields.kind(messages));
        }
        reader.checkCount(body.prefix() + FIELD, messages.size());
        List<Map<String, Object>> all = new ArrayList<>(messages.size());
        for (JsonNode message : messages) {
            String name = "%s%s[%d]".formatted(body.prefix(), FIELD, all.size());
            if (!message.isObject()) {
                throw JsonFields.wrong(name, "is %s; send an object with role and content.", JsonFields.kind(message));
            }
            all.add(message(new JsonFields(name + ".", message), reader));
        }
        return new Conversation(all);
    }

    private static Map<String, Object> message(JsonFields message, InputReader reader) {
        String role = role(message);
        if (message.json().hasNonNull("function_call")) {
            throw JsonFields.wrong(message.prefix() + "function_call", "is not served; send tool_calls.");
        }
        Optional<List<Object>> calls = ToolCalls.read(message, role);
        Map<String, Object> read = new LinkedHashMap<>();
        read.put("role", role.equals("developer") ? "system" : role); // its name in the templates
        read.put("content", new MessageContent(message, reader).read(role.equals("assistant")));
        TEXTS.forEach(field -> message.text(field).ifPresent(text -> read.put(field, text)));
        calls.ifPresent(list -> read.put(CALLS, list));
        return read;
    }

    private static String role(JsonFields message) {
        JsonNode role = message.json().path("role");
        if (!role.isTextual() || !ROLES.contains(role.textValue())) {
            throw JsonFields.wrong(
                    message.prefix() + "role",
                    "is %s; send %s.",
                    role.isTextual() ? "'" + role.textValue() + "'" : JsonFields.kind(role),
                    String.join(" or ", ROLES));
        }
        return role.textValue();
    }

    /**
     * The messages as the template of a conversation expects them.
     *
     * @param tools true if tools may be called
     */
    List<Map<String, Object>> written(ChatTemplates templates, boolean tools) {
        return messages.stream().anyMatch(message -> message.containsKey(CALLS))
                ? templates.writingOf(tools).all(messages)
                : messages;
    }

    /** The text of the last message. */
    String last() {
        return (String) messages.getLast().get("content");
    }
}
