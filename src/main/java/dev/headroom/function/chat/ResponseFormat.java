package dev.headroom.function.chat;

import dev.headroom.function.body.JsonFields;
import dev.headroom.function.schema.JsonSchema;
import dev.headroom.generation.form.JsonShape;
import java.util.Optional;

/** The field {@code response_format}. */
public final class ResponseFormat {

    private static final String FIELD = "response_format";

    private ResponseFormat() {}

    /**
     * The shape of the JSON that the text is to be; empty for any text.
     *
     * @throws dev.headroom.request.RequestFailedException when it is to have another form
     */
    public static Optional<JsonShape> shape(JsonFields body) {
        if (!body.json().hasNonNull(FIELD)) {
            return Optional.empty();
        }
        JsonFields format =
                body.within(FIELD, "an object with the type text, json_object or json_schema, or leave it out");
        String type = format.text("type").orElse("");
        return switch (type) {
            case "text" -> Optional.empty();
            case "json_object" -> Optional.of(new JsonShape.AnyObject());
            case "json_schema" -> Optional.of(JsonSchema.readNamed(format, "json_schema"));
            default ->
                throw JsonFields.wrong(
                        format.prefix() + "type", "is '%s'; send text, json_object or json_schema.", type);
        };
    }
}
