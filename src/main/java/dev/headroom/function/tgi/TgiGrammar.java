package dev.headroom.function.tgi;

import dev.headroom.function.body.JsonFields;
import dev.headroom.function.schema.JsonSchema;
import dev.headroom.generation.form.JsonShape;
import java.util.Optional;

/** The parameter {@code grammar}. */
final class TgiGrammar {

    private static final String FIELD = "grammar";

    private TgiGrammar() {}

    /**
     * The shape of the JSON that the text is to be; empty for any text.
     *
     * @throws dev.headroom.request.RequestFailedException when the grammar is of another type, or demands what is not enforced
     */
    static Optional<JsonShape> shape(JsonFields parameters) {
        if (!parameters.json().hasNonNull(FIELD)) {
            return Optional.empty();
        }
        JsonFields grammar = parameters.within(FIELD, "an object with type and value, or leave it out");
        String type = grammar.text("type").orElse("");
        return switch (type) {
            case "json" -> Optional.of(JsonSchema.read(grammar.within("value", "a JSON Schema")));
            case "json_schema" -> Optional.of(JsonSchema.readNamed(grammar, "value"));
            default ->
                throw JsonFields.wrong(
                        grammar.prefix() + "type",
                        "is '%s', which is not served here; send json with a JSON Schema as the value.",
                        type);
        };
    }
}
