package dev.headroom.function.chat;

import dev.headroom.function.body.JsonFields;

/** The field {@code response_format}. */
public final class ResponseFormat {

    private static final String FIELD = "response_format";

    private ResponseFormat() {}

    /**
     * True if the text is to be a JSON object.
     *
     * @throws dev.headroom.request.RequestFailedException when it is to have another form
     */
    public static boolean isJson(JsonFields body) {
        if (!body.json().hasNonNull(FIELD)) {
            return false;
        }
        JsonFields format = body.within(FIELD, "an object with the type text or json_object, or leave it out");
        String type = format.text("type").orElse("");
        return switch (type) {
            case "text" -> false;
            case "json_object" -> true;
            case "json_schema" ->
                throw JsonFields.invalid(
                        "response_format.type is 'json_schema', and no schema is enforced here; send json_object, and describe the form in a message.");
            default -> throw JsonFields.invalid("response_format.type is '%s'; send text or json_object.", type);
        };
    }
}
