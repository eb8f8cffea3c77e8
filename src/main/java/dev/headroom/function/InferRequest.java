package dev.headroom.function;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeType;
import dev.headroom.batch.Failure;
import dev.headroom.batch.RequestFailedException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What is asked for, read from JSON with errors that name the field.
 *
 * @param model the model's name; empty where one model is served
 * @param inputs the inputs in their order, good and bad
 * @param normalize whether vectors get length 1; empty: as the model's description says
 */
record InferRequest(Optional<String> model, List<Input> inputs, Optional<Boolean> normalize) {

    private static final Set<String> FIELDS = Set.of("model", "inputs", "normalize");
    private static final Set<String> INPUT_FIELDS = Set.of("id", "text");

    /** One input: a good one has its text, a bad one what is wrong with it. */
    sealed interface Input {

        /** The caller's name for it; empty when it has none. */
        Optional<String> id();

        /** A text. */
        record Good(Optional<String> id, String text) implements Input {}

        /** No text. */
        record Bad(Optional<String> id, Failure failure) implements Input {}
    }

    /**
     * Reads a request.
     *
     * @param json the body; may be null
     * @param mostInputs a request of more is too large
     * @throws RequestFailedException when it is none; an input that is none fails alone
     */
    static InferRequest read(JsonNode json, long mostInputs) {
        if (json == null || !json.isObject()) {
            throw invalid("The body is %s; send a JSON object such as {\"inputs\": [\"some text\"]}.", kind(json));
        }
        unknownField(json, FIELDS).ifPresent(field -> {
            throw invalid("The field '%s' is not known; the fields are model, inputs, normalize.", field);
        });
        return new InferRequest(
                field(json, "model", JsonNodeType.STRING, "a string").map(JsonNode::textValue),
                inputs(json.path("inputs"), mostInputs),
                field(json, "normalize", JsonNodeType.BOOLEAN, "true or false").map(JsonNode::booleanValue));
    }

    private static List<Input> inputs(JsonNode inputs, long mostInputs) {
        if (inputs.isTextual() || inputs.isObject()) {
            return List.of(input("inputs", inputs));
        }
        if (!inputs.isArray()) {
            throw invalid(
                    "inputs is %s; send a text, or an array of texts or of {\"id\": ..., \"text\": ...}.",
                    kind(inputs));
        }
        if (inputs.isEmpty()) {
            throw invalid("inputs is an empty array; send at least one text.");
        }
        if (inputs.size() > mostInputs) {
            throw new RequestFailedException(
                    new Failure.TooLarge("inputs holds %d texts, and at most %d are taken at once; send them in parts."
                            .formatted(inputs.size(), mostInputs)));
        }
        List<Input> all = new ArrayList<>(inputs.size());
        for (JsonNode input : inputs) {
            all.add(input("inputs[" + all.size() + "]", input));
        }
        return all;
    }

    private static Input input(String name, JsonNode input) {
        if (input.isTextual()) {
            return good(name, Optional.empty(), input.textValue());
        }
        if (!input.isObject()) {
            return bad(Optional.empty(), "%s is %s; send a text or {\"id\": ..., \"text\": ...}.", name, kind(input));
        }
        JsonNode id = input.path("id");
        Optional<String> itsId = id.isTextual() ? Optional.of(id.textValue()) : Optional.empty();
        Optional<String> unknown = unknownField(input, INPUT_FIELDS);
        if (unknown.isPresent()) {
            return bad(
                    itsId, "%s has the field '%s', which is not known; the fields are id, text.", name, unknown.get());
        }
        if (!id.isTextual() && !isAbsent(id)) {
            return bad(itsId, "%s.id is %s; send a string.", name, kind(id));
        }
        JsonNode text = input.path("text");
        return text.isTextual()
                ? good(name, itsId, text.textValue())
                : bad(itsId, "%s.text is %s; send a string.", name, kind(text));
    }

    /** Half of a surrogate pair is no character: it has no UTF-8 form, and so no tokens. */
    private static Input good(String name, Optional<String> id, String text) {
        return hasHalfPair(text)
                ? bad(id, "%s holds half of a surrogate pair, which is no Unicode text; send well-formed text.", name)
                : new Input.Good(id, text);
    }

    private static boolean hasHalfPair(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                int codePoint = text.codePointAt(i);
                if (codePoint <= Character.MAX_SURROGATE) {
                    return true;
                }
                i++;
            }
        }
        return false;
    }

    private static Input bad(Optional<String> id, String detail, Object... arguments) {
        return new Input.Bad(id, new Failure.Invalid(detail.formatted(arguments)));
    }

    /** The field's value; empty when it is left out. */
    private static Optional<JsonNode> field(JsonNode json, String field, JsonNodeType type, String wanted) {
        JsonNode value = json.path(field);
        if (isAbsent(value)) {
            return Optional.empty();
        }
        if (value.getNodeType() != type) {
            throw invalid("%s is %s; send %s, or leave it out.", field, kind(value), wanted);
        }
        return Optional.of(value);
    }

    private static Optional<String> unknownField(JsonNode object, Set<String> known) {
        for (Iterator<String> names = object.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            if (!known.contains(name)) {
                return Optional.of(name);
            }
        }
        return Optional.empty();
    }

    private static boolean isAbsent(JsonNode value) {
        return value.isMissingNode() || value.isNull();
    }

    private static String kind(JsonNode value) {
        if (value == null || value.isMissingNode()) {
            return "missing";
        }
        return switch (value.getNodeType()) {
            case NULL -> "null";
            case STRING -> "a string";
            case NUMBER -> "the number " + value;
            case BOOLEAN -> "the boolean " + value;
            case ARRAY -> "an array";
            case OBJECT -> "an object";
            case BINARY, MISSING, POJO -> "no JSON";
        };
    }

    private static RequestFailedException invalid(String detail, Object... arguments) {
        return new RequestFailedException(new Failure.Invalid(detail.formatted(arguments)));
    }
}
