package dev.headroom.model;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.headroom.model.file.BrokenModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** Reads model.yaml. */
final class ModelYamlFile {

    private static final ObjectMapper YAML = new ObjectMapper(
                    new YAMLFactory().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION))
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT);

    private ModelYamlFile() {}

    /**
     * The model.yaml in a folder; all fields are null where there is none.
     *
     * @throws BrokenModelException when it is not as docs/models.md describes it
     */
    static ModelYaml read(Path folder) {
        Path file = folder.resolve("model.yaml");
        try {
            ModelYaml written = Files.exists(file) ? YAML.readValue(file.toFile(), ModelYaml.class) : null;
            return written == null ? YAML.convertValue(Map.of(), ModelYaml.class) : written;
        } catch (UnrecognizedPropertyException e) {
            throw new BrokenModelException(
                    "%s: model.yaml has the field %s, which is not known; the fields there are: %s."
                            .formatted(folder, e.getPropertyName(), e.getKnownPropertyIds()));
        } catch (JsonProcessingException e) {
            throw new BrokenModelException("%s: model.yaml is not as docs/models.md describes it (%s); correct it."
                    .formatted(folder, problem(e)));
        } catch (IOException e) {
            throw new BrokenModelException(
                    "%s: model.yaml cannot be read (%s); check its permissions.".formatted(folder, e.getMessage()));
        }
    }

    /** The problem without the names of Java's types. */
    private static String problem(JsonProcessingException e) {
        String message = e.getOriginalMessage().lines().findFirst().orElse("unreadable");
        String problem =
                switch (e) {
                    case ValueInstantiationException value
                    when value.getCause() != null -> value.getCause().getMessage();
                    case InvalidFormatException value -> "'%s' is no value".formatted(value.getValue());
                    case MismatchedInputException _ when message.startsWith("Missing") -> "a field is missing";
                    case MismatchedInputException _ -> "there is a value of another kind";
                    default -> message;
                };
        return problem + where(e);
    }

    private static String where(JsonProcessingException e) {
        Stream<String> path = e instanceof JsonMappingException mapping
                ? mapping.getPath().stream().map(JsonMappingException.Reference::getFieldName)
                : Stream.of();
        return path.filter(Objects::nonNull)
                .reduce((outer, inner) -> outer + "." + inner)
                .map(field -> ", at " + field)
                .orElseGet(() -> e.getLocation() == null
                        ? ""
                        : ", line " + e.getLocation().getLineNr());
    }
}
