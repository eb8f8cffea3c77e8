package dev.headroom.function.tools;

import com.fasterxml.jackson.databind.JsonNode;
import dev.headroom.function.body.JsonFields;
import java.util.List;

/** The field {@code tool_choice}: which tools the assistant may or has to call. */
sealed interface ToolChoice {

    /** None: the template is told of no tools. */
    record None() implements ToolChoice {}

    /** Any, as the model decides. */
    record Auto() implements ToolChoice {}

    /** At least one. */
    record Required() implements ToolChoice {}

    /** This one, once. */
    record Named(String name) implements ToolChoice {}

    /**
     * Reads the field; {@code auto} where it is left out.
     *
     * @throws dev.headroom.request.RequestFailedException when it is none of them
     */
    static ToolChoice read(JsonFields body) {
        JsonNode choice = body.json().path("tool_choice");
        if (choice.isObject()) {
            return named(body.within("tool_choice", "a word or an object"));
        }
        String word =
                body.word("tool_choice", List.of("none", "auto", "required")).orElse("auto");
        return switch (word) {
            case "none" -> new None();
            case "required" -> new Required();
            default -> new Auto();
        };
    }

    private static ToolChoice named(JsonFields choice) {
        String type = choice.text("type").orElse("missing");
        if (!type.equals("function")) {
            throw JsonFields.wrong(
                    choice.prefix() + "type", "is '%s'; send function, or none, auto or required as the whole.", type);
        }
        JsonFields function = choice.within("function", "an object with the function's name");
        return new Named(function.text("name")
                .orElseThrow(
                        () -> JsonFields.wrong(function.prefix() + "name", "is missing; send the function's name.")));
    }
}
