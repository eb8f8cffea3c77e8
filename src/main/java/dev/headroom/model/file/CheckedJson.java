package dev.headroom.model.file;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.BooleanNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Optional;

/** A JSON object of a model's folder. Errors name its fields; null counts as left out. */
public record CheckedJson(Path file, JsonNode object) {

    private static final ObjectMapper JSON = new ObjectMapper();

    private static final double LARGEST_NUMBER = 1e6;

    public static CheckedJson read(Path file) {
        JsonNode object = tree(file);
        if (object.isObject()) {
            return new CheckedJson(file, object);
        }
        throw new BrokenModelException("%s: %s is no JSON object; export or download the folder again."
                .formatted(file.getParent(), file.getFileName()));
    }

    /** A file's JSON of any kind. */
    public static JsonNode tree(Path file) {
        try {
            JsonNode tree = JSON.readTree(file.toFile());
            if (tree.isMissingNode()) {
                throw new IOException("it is empty");
            }
            return tree;
        } catch (IOException e) {
            throw new BrokenModelException("%s: %s is no readable JSON (%s); export or download the folder again."
                    .formatted(
                            file.getParent(),
                            file.getFileName(),
                            e.getMessage().lines().findFirst().orElse("")));
        }
    }

    /** The exception for a field; the problem continues "the field x ..." with the remedy. */
    public BrokenModelException broken(String field, String problem) {
        return new BrokenModelException(
                "%s: in %s the field %s %s.".formatted(file.getParent(), file.getFileName(), field, problem));
    }

    /**
     * Checks that no other field says anything: null, false, and what is empty do not.
     *
     * @param problem continues "the field x ..." for another one, with the remedy
     */
    public void checkFields(Collection<String> known, String problem) {
        object.properties().stream()
                .filter(field -> !known.contains(field.getKey()) && says(field.getValue()))
                .findFirst()
                .ifPresent(field -> {
                    throw broken(field.getKey(), problem.formatted(shown(field.getValue())));
                });
    }

    /** True unless the value is null, false or empty. */
    private static boolean says(JsonNode value) {
        return value.isContainerNode() || value.isTextual()
                ? !value.isEmpty() || !value.asText().isEmpty()
                : !value.isNull() && !value.equals(BooleanNode.FALSE);
    }

    /** A field that counts something. */
    public int count(String field) {
        JsonNode value = value(field);
        if (!value.isIntegralNumber() || value.asLong() < 1 || value.asLong() > LARGEST_NUMBER) {
            throw broken(field, "is %s; set it to a whole number of at least 1".formatted(shown(value)));
        }
        return value.intValue();
    }

    public boolean has(String field) {
        return object.hasNonNull(field);
    }

    public JsonNode value(String field) {
        if (!has(field)) {
            throw broken(field, "is missing; add it");
        }
        return object.get(field);
    }

    public Optional<String> text(String field) {
        return Optional.ofNullable(object.path(field).textValue());
    }

    public boolean flag(String field, boolean otherwise) {
        if (!has(field)) {
            return otherwise;
        }
        if (!object.get(field).isBoolean()) {
            throw broken(field, "is %s; set it to true or false".formatted(shown(object.get(field))));
        }
        return object.get(field).booleanValue();
    }

    /** A field that holds a number. */
    public double number(String field) {
        return number(field, value(field));
    }

    /** A number within a field. */
    public double number(String field, JsonNode value) {
        if (!value.isNumber() || !(Math.abs(value.doubleValue()) <= LARGEST_NUMBER)) {
            throw broken(field, "holds %s; set it to a number".formatted(shown(value)));
        }
        return value.doubleValue();
    }

    /** A value as an error shows it, its beginning alone where it is long. */
    public static String shown(JsonNode value) {
        String text = value.toString();
        return text.length() <= 60 ? text : text.substring(0, 60) + "...";
    }
}
