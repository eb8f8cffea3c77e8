package dev.headroom.template.calls;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The form in which a template expects a message with calls.
 *
 * @param withoutContent true for null where the message has no content, false for an empty text
 * @param asText true for arguments as a text of JSON, false for an object
 */
public record Writing(boolean withoutContent, boolean asText) {

    private static final JsonMapper JSON = new JsonMapper();

    /** The form that most templates expect. */
    public static final Writing USUAL = new Writing(false, false);

    /** Each, the usual one first. */
    static final List<Writing> ALL =
            List.of(USUAL, new Writing(true, false), new Writing(false, true), new Writing(true, true));

    /** A message in this form, whose calls have objects for arguments; one without calls as it is. */
    public Map<String, Object> of(Map<String, Object> message) {
        if (!(message.get("tool_calls") instanceof List<?> calls)) {
            return message;
        }
        Map<String, Object> written = new LinkedHashMap<>(message);
        if (withoutContent && "".equals(message.get("content"))) {
            written.put("content", null);
        }
        if (asText) {
            written.put("tool_calls", calls.stream().map(Writing::textual).toList());
        }
        return written;
    }

    private static Object textual(Object call) {
        if (!(call instanceof Map<?, ?> fields) || !(fields.get("function") instanceof Map<?, ?> function)) {
            return call;
        }
        Map<Object, Object> called = new LinkedHashMap<>(function);
        called.computeIfPresent(
                "arguments",
                (name, arguments) -> arguments instanceof SentArguments given ? given.text() : json(arguments));
        Map<Object, Object> written = new LinkedHashMap<>(fields);
        written.put("function", called);
        return written;
    }

    private static String json(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Arguments that were read as JSON can be written", e);
        }
    }
}
