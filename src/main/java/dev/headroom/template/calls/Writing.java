package dev.headroom.template.calls;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The form in which a template expects a message with calls.
 *
 * @param withoutContent true for null where the message has no content, false for an empty text
 * @param asText true for arguments as a text of JSON, false for an object
 * @param ids the form of the calls' ids; empty for ids of any form
 */
public record Writing(boolean withoutContent, boolean asText, Optional<CallId> ids) {

    private static final JsonMapper JSON = new JsonMapper();

    /** The form that most templates expect. */
    public static final Writing USUAL = new Writing(false, false);

    /** Each, the usual one first. */
    static final List<Writing> ALL = Stream.of(Optional.<CallId>empty(), Optional.of(CallId.USUAL))
            .flatMap(
                    ids -> Stream.of(USUAL, new Writing(true, false), new Writing(false, true), new Writing(true, true))
                            .map(writing -> writing.with(ids)))
            .toList();

    /** For ids of any form. */
    public Writing(boolean withoutContent, boolean asText) {
        this(withoutContent, asText, Optional.empty());
    }

    /** The same with ids of a form. */
    public Writing with(Optional<CallId> form) {
        return new Writing(withoutContent, asText, form);
    }

    /** The messages of a conversation in this form. */
    public List<Map<String, Object>> all(List<Map<String, Object>> messages) {
        Optional<CallIds> named = ids.map(CallIds::new);
        return messages.stream()
                .map(message -> of(named.map(calls -> calls.of(message)).orElse(message)))
                .toList();
    }

    /** A message in this form, whose calls have objects for arguments; one without calls as it is. */
    private Map<String, Object> of(Map<String, Object> message) {
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
