package dev.headroom.function.body;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeType;
import dev.headroom.request.Failure;
import dev.headroom.request.RequestFailedException;
import java.math.BigDecimal;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * The fields of a JSON object, read with errors that name the field. A null counts as left out.
 *
 * @param prefix the path before a field's name, for errors
 */
public record JsonFields(String prefix, JsonNode json) {

    /**
     * The fields of a request's body.
     *
     * @param known the known fields; any other is an error
     * @throws RequestFailedException when the body is no object, or has other fields
     */
    public static JsonFields of(JsonNode body, List<String> known) {
        if (body == null || !body.isObject()) {
            throw invalid(
                    "The body is %s; send a JSON object with the fields %s.", kind(body), String.join(", ", known));
        }
        return of("", body, known);
    }

    /**
     * The fields of a request's body whose protocol says that unknown fields are ignored.
     *
     * @throws RequestFailedException when the body is no object
     */
    public static JsonFields among(JsonNode body, List<String> known) {
        if (body == null || !body.isObject()) {
            return of(body, known);
        }
        return new JsonFields("", body);
    }

    /** The fields of an object within it, where unknown fields are ignored, too. */
    public JsonFields within(String field, String wanted) {
        JsonNode value = json.path(field);
        if (!value.isObject()) {
            throw wrong(prefix + field, "is %s; send %s.", kind(value), wanted);
        }
        return new JsonFields(prefix + field + ".", value);
    }

    /** The fields of an object within it, where an unknown field is an error. */
    public static JsonFields of(String prefix, JsonNode object, List<String> known) {
        for (Iterator<String> names = object.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            if (!known.contains(name)) {
                throw new RequestFailedException(new Failure.Invalid(
                        "The field '%s%s' is not known; the fields are %s."
                                .formatted(prefix, name, String.join(", ", known)),
                        Optional.of(prefix + name)));
            }
        }
        return new JsonFields(prefix, object);
    }

    /** A string; empty when it is left out. */
    public Optional<String> text(String field) {
        return value(field, JsonNodeType.STRING, "a string").map(JsonNode::textValue);
    }

    /** True or false; empty when it is left out. */
    public Optional<Boolean> flag(String field) {
        return value(field, JsonNodeType.BOOLEAN, "true or false").map(JsonNode::booleanValue);
    }

    /**
     * One of several words, whatever their case; empty when it is left out.
     *
     * @throws RequestFailedException when the word is none of them
     */
    public Optional<String> word(String field, List<String> words) {
        Optional<String> word = text(field).map(text -> text.toLowerCase(Locale.ROOT));
        word.filter(text -> !words.contains(text)).ifPresent(text -> {
            throw wrong(prefix + field, "is '%s'; send %s, or leave it out.", text, String.join(" or ", words));
        });
        return word;
    }

    /** A number of at least 1; empty when it is left out. */
    public OptionalInt count(String field) {
        Optional<JsonNode> value = value(field, JsonNodeType.NUMBER, "a whole number");
        if (value.isEmpty()) {
            return OptionalInt.empty();
        }
        JsonNode number = value.get();
        if (!number.canConvertToExactIntegral() || !number.canConvertToInt() || number.intValue() < 1) {
            throw wrong(prefix + field, "is %s; send a whole number of at least 1.", kind(number));
        }
        return OptionalInt.of(number.intValue());
    }

    /**
     * A number within bounds, both included; empty when it is left out.
     *
     * @throws RequestFailedException when it is none
     */
    public OptionalDouble number(String field, double least, double most) {
        Optional<JsonNode> value = value(field, JsonNodeType.NUMBER, "a number");
        value.filter(number -> !(number.doubleValue() >= least && number.doubleValue() <= most))
                .ifPresent(number -> {
                    throw wrong(
                            prefix + field, "is %s; send one from %s to %s.", kind(number), plain(least), plain(most));
                });
        return value.map(number -> OptionalDouble.of(number.doubleValue())).orElse(OptionalDouble.empty());
    }

    /**
     * A whole number within bounds, both included; empty when it is left out.
     *
     * @throws RequestFailedException when it is none
     */
    public OptionalLong whole(String field, long least, long most) {
        Optional<JsonNode> value = value(field, JsonNodeType.NUMBER, "a whole number");
        if (value.isEmpty()) {
            return OptionalLong.empty();
        }
        JsonNode number = value.get();
        if (!number.canConvertToExactIntegral()
                || !number.canConvertToLong()
                || number.longValue() < least
                || number.longValue() > most) {
            throw wrong(prefix + field, "is %s; send a whole number from %d to %d.", kind(number), least, most);
        }
        return OptionalLong.of(number.longValue());
    }

    private static String plain(double number) {
        return BigDecimal.valueOf(number).stripTrailingZeros().toPlainString();
    }

    private Optional<JsonNode> value(String field, JsonNodeType type, String wanted) {
        JsonNode value = json.path(field);
        if (value.isMissingNode() || value.isNull()) {
            return Optional.empty();
        }
        if (value.getNodeType() != type) {
            throw wrong(prefix + field, "is %s; send %s, or leave it out.", kind(value), wanted);
        }
        return Optional.of(value);
    }

    /** The kind of a value, for messages. */
    public static String kind(JsonNode value) {
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

    /** The failure of an invalid request; the text is formatted with the arguments. */
    public static RequestFailedException invalid(String detail, Object... arguments) {
        return new RequestFailedException(new Failure.Invalid(detail.formatted(arguments)));
    }

    /**
     * The failure of a field that is not as it should be.
     *
     * @param field the field as the caller wrote it, such as {@code messages[1].content}: the subject of the sentence
     * @param rest the rest of the sentence, formatted with the arguments
     */
    public static RequestFailedException wrong(String field, String rest, Object... arguments) {
        return new RequestFailedException(Failure.Invalid.of(field, rest.formatted(arguments)));
    }

    /** The failure of a request that is too large; the text is formatted with the arguments. */
    public static RequestFailedException tooLarge(String detail, Object... arguments) {
        return new RequestFailedException(new Failure.TooLarge(detail.formatted(arguments)));
    }
}
