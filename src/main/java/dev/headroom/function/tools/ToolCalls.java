package dev.headroom.function.tools;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.headroom.function.body.JsonFields;
import dev.headroom.function.body.PlainJson;
import dev.headroom.template.calls.SentArguments;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The calls of tools that the assistant made, as templates read them. */
public final class ToolCalls {

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private ToolCalls() {}

    /**
     * The calls of a message of the assistant; empty where it has none.
     *
     * @throws dev.headroom.request.RequestFailedException when they are not as they should be
     */
    public static Optional<List<Object>> read(JsonFields message, String role) {
        JsonNode calls = message.json().path("tool_calls");
        if (calls.isMissingNode() || calls.isNull() || calls.isArray() && calls.isEmpty()) {
            return Optional.empty();
        }
        String name = message.prefix() + "tool_calls";
        if (!role.equals("assistant") || !calls.isArray()) {
            throw JsonFields.wrong(
                    name,
                    "is %s of the role %s; send an array, in messages of the assistant alone.",
                    JsonFields.kind(calls),
                    role);
        }
        List<Object> read = new ArrayList<>(calls.size());
        for (JsonNode call : calls) {
            read.add(call(name + "[" + read.size() + "].", call));
        }
        return Optional.of(read);
    }

    private static Map<String, Object> call(String prefix, JsonNode call) {
        JsonFields function = function(prefix, call);
        Map<String, Object> read = PlainJson.map(call);
        Map<String, Object> called = new LinkedHashMap<>(PlainJson.map(function.json()));
        called.put("arguments", arguments(function));
        read.put("function", called);
        return read;
    }

    /** An object, because most templates write it as JSON; OpenAI's clients send it as a text of JSON. */
    private static Object arguments(JsonFields function) {
        JsonNode arguments = function.json().path("arguments");
        if (arguments.isObject()) {
            return PlainJson.map(arguments);
        }
        String text = function.text("arguments").orElse("").isBlank()
                ? "{}"
                : function.text("arguments").orElseThrow();
        try {
            JsonNode parsed = JSON.readTree(text);
            if (parsed != null && parsed.isObject()) {
                return new SentArguments(PlainJson.map(parsed), text);
            }
        } catch (JsonProcessingException e) {
            // told below
        }
        throw JsonFields.wrong(
                function.prefix() + "arguments", "is no JSON object; send the arguments that the assistant gave.");
    }

    /** The function of a tool or of a call. */
    static JsonFields function(String prefix, JsonNode tool) {
        if (!tool.isObject() || !tool.path("type").asText("function").equals("function")) {
            throw JsonFields.wrong(
                    prefix + "type",
                    "is %s; send objects of type function.",
                    tool.isObject() ? "'" + tool.path("type").asText() + "'" : "missing");
        }
        JsonFields function = new JsonFields(prefix, tool).within("function", "an object with the function's name");
        if (function.text("name").isEmpty()) {
            throw JsonFields.wrong(function.prefix() + "name", "is missing; send the function's name.");
        }
        return function;
    }
}
