package dev.headroom.function.tools;

import com.fasterxml.jackson.databind.JsonNode;
import dev.headroom.function.body.JsonFields;
import dev.headroom.function.schema.JsonSchema;
import dev.headroom.function.schema.SchemaTypes;
import dev.headroom.generation.form.CallForm;
import dev.headroom.generation.form.JsonShape;
import dev.headroom.generation.form.ParameterTypes;
import dev.headroom.template.calls.ElementFrame;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * A function that the assistant may call.
 *
 * @param function its fields, with errors that name them
 */
record Tool(JsonFields function) {

    /** Names that JSON and templates write as they are. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.-]{1,128}");

    private static final String PARAMETERS = "parameters";

    /**
     * Reads a tool.
     *
     * @throws dev.headroom.request.RequestFailedException when it is no function, or its name is not as it should be
     */
    static Tool read(String prefix, JsonNode tool) {
        Tool read = new Tool(ToolCalls.function(prefix, tool));
        if (!NAME.matcher(read.name()).matches()) {
            throw JsonFields.wrong(
                    read.function.prefix() + "name",
                    "is '%s'; send up to 128 letters of ASCII, digits, _, - and dots.",
                    read.name());
        }
        return read;
    }

    String name() {
        return function.text("name").orElseThrow();
    }

    /**
     * The tool as the text is to call it.
     *
     * @param forced true if the request has it called, which then follows the schema whether it is strict or not
     * @param elements the form of arguments that have an element each; empty for a JSON object
     * @param spelled true for a text that the model's tokens spell in whole characters
     * @throws dev.headroom.request.RequestFailedException when the schema demands what is not enforced
     */
    CallForm.Tool form(boolean forced, Optional<ElementFrame> elements, Predicate<String> spelled) {
        JsonShape arguments = isStrict() || forced ? arguments() : new JsonShape.AnyObject();
        JsonFields schema = new JsonFields(
                function.prefix() + PARAMETERS + ".", function.json().path(PARAMETERS));
        ParameterTypes types = SchemaTypes.of(schema.json());
        return new CallForm.Tool(
                name(),
                arguments,
                types,
                elements.flatMap(frame -> new ElementParameters(schema, frame, types, spelled).of(arguments)));
    }

    /** True if its calls follow its schema. */
    private boolean isStrict() {
        return function.flag("strict").orElse(false);
    }

    private JsonShape arguments() {
        return function.json().hasNonNull(PARAMETERS)
                ? JsonSchema.read(function.within(PARAMETERS, "a JSON Schema"))
                : new JsonShape.Members(List.of());
    }
}
