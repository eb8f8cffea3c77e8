package dev.headroom.model;

import com.fasterxml.jackson.databind.JsonNode;
import dev.headroom.model.file.BrokenModelException;
import dev.headroom.model.file.CheckedJson;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.StreamSupport;

/**
 * The fields of a model.yaml, or of an object in it. Their values are texts, lists and objects. Each method gives null for a
 * field that is left out or null, and throws a {@link BrokenModelException} that names the field for a value of another kind.
 */
final class YamlFields {

    private static final Map<String, Boolean> TRUTH =
            Map.of("true", true, "yes", true, "on", true, "false", false, "no", false, "off", false);

    private final CheckedJson file;
    private final String path;
    private final JsonNode object;
    private final Set<String> asked = new LinkedHashSet<>();

    private YamlFields(CheckedJson file, String path, JsonNode object) {
        this.file = file;
        this.path = path;
        this.object = object;
    }

    static YamlFields of(Path file, JsonNode object) {
        return new YamlFields(new CheckedJson(file, object), "", object);
    }

    /** The fields of an object. */
    YamlFields object(String field) {
        JsonNode value = value(field);
        if (value != null && !value.isObject()) {
            throw other(field, value, "write its fields");
        }
        return value == null ? null : new YamlFields(file, path + field + ".", value);
    }

    String text(String field) {
        JsonNode value = value(field);
        return value == null ? null : text(field, value);
    }

    /** A text that the object is nothing without. */
    String requiredText(String field) {
        String text = text(field);
        if (text == null) {
            throw file.broken(path + field, "is missing; add it");
        }
        return text;
    }

    private String text(String field, JsonNode value) {
        if (!value.isTextual()) {
            throw other(field, value, "set it to a text");
        }
        return value.asText();
    }

    List<String> texts(String field) {
        JsonNode value = value(field);
        if (value != null && !value.isArray()) {
            throw other(field, value, "write a list of texts");
        }
        return value == null
                ? null
                : StreamSupport.stream(value.spliterator(), false)
                        .map(each -> text(field, each))
                        .toList();
    }

    /** A text for each name, in the order of the file. */
    Map<String, String> named(String field) {
        YamlFields texts = object(field);
        if (texts == null) {
            return null;
        }
        Map<String, String> named = new LinkedHashMap<>();
        texts.object.properties().forEach(text -> named.put(text.getKey(), texts.text(text.getKey(), text.getValue())));
        return named;
    }

    Integer whole(String field) {
        Long whole = wholeLong(field);
        if (whole != null && whole != whole.intValue()) {
            throw other(field, object.get(field), "set it to a smaller number");
        }
        return whole == null ? null : Integer.valueOf(whole.intValue());
    }

    Long wholeLong(String field) {
        String text = text(field);
        try {
            return text == null ? null : Long.valueOf(text.replaceAll("(?<=\\d)_(?=\\d)", ""));
        } catch (NumberFormatException e) {
            throw other(field, object.get(field), "set it to a whole number");
        }
    }

    Boolean flag(String field) {
        String text = text(field);
        Boolean truth = text == null ? null : TRUTH.get(text.toLowerCase(Locale.ROOT));
        if (text != null && truth == null) {
            throw other(field, object.get(field), "set it to true or false");
        }
        return truth;
    }

    /** What a word stands for; the function's {@link IllegalArgumentException} says what words there are. */
    <E> E word(String field, Function<String, E> meaning) {
        String word = text(field);
        return word == null ? null : word(field, word, meaning);
    }

    /** What one word, or each word of a list, stands for. */
    <E> List<E> words(String field, Function<String, E> meaning) {
        JsonNode value = value(field);
        if (value == null) {
            return null;
        }
        List<String> words = value.isArray() ? texts(field) : List.of(text(field, value));
        return words.stream().map(word -> word(field, word, meaning)).toList();
    }

    private <E> E word(String field, String word, Function<String, E> meaning) {
        try {
            return meaning.apply(word);
        } catch (IllegalArgumentException e) {
            throw file.broken(path + field, "is not known: " + e.getMessage());
        }
    }

    /** Refuses a field that no method was called for. */
    void checkNames() {
        object.fieldNames().forEachRemaining(name -> {
            if (!asked.contains(name)) {
                throw new BrokenModelException(
                        "%s: model.yaml has the field %s, which is not known; the fields there are: %s."
                                .formatted(file.file().getParent(), path + name, asked));
            }
        });
    }

    private JsonNode value(String field) {
        asked.add(field);
        return object.hasNonNull(field) ? object.get(field) : null;
    }

    private BrokenModelException other(String field, JsonNode value, String remedy) {
        return file.broken(path + field, "holds %s; %s".formatted(CheckedJson.shown(value), remedy));
    }
}
