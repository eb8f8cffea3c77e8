package dev.headroom.template.calls;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Gives the calls of a conversation ids of a form, numbered through it; those of the form stay. Results name the same ids. */
final class CallIds {

    private static final String RESULT = "tool_call_id";

    private final CallId form;
    private final Map<Object, String> given = new HashMap<>();
    private int calls;

    CallIds(CallId form) {
        this.form = form;
    }

    /** The next message of the conversation. */
    Map<String, Object> of(Map<String, Object> message) {
        Map<String, Object> written = new LinkedHashMap<>(message);
        if (message.get("tool_calls") instanceof List<?> all) {
            List<Object> named = new ArrayList<>(all.size());
            all.forEach(call -> named.add(call instanceof Map<?, ?> fields ? named(fields) : call));
            written.put("tool_calls", named);
        }
        written.computeIfPresent(RESULT, (field, id) -> given.getOrDefault(id, id.toString()));
        return written;
    }

    private Map<Object, Object> named(Map<?, ?> call) {
        Map<Object, Object> named = new LinkedHashMap<>(call);
        String name = call.get("function") instanceof Map<?, ?> function ? String.valueOf(function.get("name")) : "";
        Object sent = call.get("id");
        String id = sent instanceof String text && form.fits(text, name) ? text : form.of(name, calls);
        calls++;
        if (sent != null) {
            given.put(sent, id);
        }
        named.put("id", id);
        return named;
    }
}
