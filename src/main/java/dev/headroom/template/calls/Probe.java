package dev.headroom.template.calls;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A call that a template is asked to write, in words that no template has.
 *
 * @param id of nine letters and digits, because some templates refuse others
 */
record Probe(String name, Map<String, Object> arguments, String id) {

    static final Probe FIRST = new Probe("zqfirst", Map.of("zqplace", "zqtown"), "zqid00001");
    static final Probe SECOND =
            new Probe("zqother", Map.of("zqlist", List.of(1L, true, Map.of("zq", "{q}"))), "zqid00002");

    /** The message that the assistant answers by calls. */
    static final Map<String, Object> QUESTION = Map.of("role", "user", "content", "zqask");

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_LONG_FOR_INTS)
            .build();

    /** The text around it; of {@code after} all that follows. */
    record Parts(String before, String between, String after) {}

    /** The parts without the call's id. */
    Parts masked(Parts parts) {
        return new Parts(masked(parts.before), masked(parts.between), masked(parts.after));
    }

    private String masked(String text) {
        return text.replace(id, String.valueOf(CallFrame.ID));
    }

    /** A message of the assistant with these calls, and no text. */
    static Map<String, Object> message(Probe... calls) {
        return Map.of(
                "role",
                "assistant",
                "content",
                "",
                "tool_calls",
                Stream.of(calls).map(Probe::call).toList());
    }

    private Map<String, Object> call() {
        return Map.of("id", id, "type", "function", "function", Map.of("name", name, "arguments", arguments));
    }

    /** The tool that it calls. */
    Map<String, Object> tool() {
        Map<String, Object> parameters = Map.of(
                "type", "object", "properties", Map.of("zqplace", Map.of("type", "string", "description", "zq")));
        return Map.of(
                "type", "function", "function", Map.of("name", name, "description", "zq", "parameters", parameters));
    }

    /** The same call with other arguments. */
    Probe with(Map<String, Object> others) {
        return new Probe(name, others, id);
    }

    /** True if a text has its name and its arguments, in whatever form. */
    boolean isToldIn(String text) {
        return text.contains(name)
                && arguments.values().stream().map(Object::toString).allMatch(text::contains);
    }

    /** The parts of a text around it; empty unless its name stands there once, and its arguments behind it as JSON. */
    Optional<Parts> in(String text) {
        int at = text.indexOf(name);
        if (at < 0 || text.indexOf(name, at + 1) >= 0) {
            return Optional.empty();
        }
        int behind = at + name.length();
        for (int from = text.indexOf('{', behind); from >= 0; from = text.indexOf('{', from + 1)) {
            int end = end(text, from);
            if (end > 0) {
                return Optional.of(new Parts(text.substring(0, at), text.substring(behind, from), text.substring(end)));
            }
        }
        return Optional.empty();
    }

    /** The end of the arguments that begin here; 0 if others do, or none. */
    private int end(String text, int from) {
        for (int to = text.indexOf('}', from) + 1; to > 0; to = text.indexOf('}', to) + 1) {
            try {
                if (JSON.readValue(text.substring(from, to), Object.class).equals(arguments)) {
                    return to;
                }
            } catch (JsonProcessingException e) {
                // goes on, or is something else
            }
        }
        return 0;
    }
}
