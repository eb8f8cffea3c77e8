package dev.headroom.function.tools;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.headroom.function.body.JsonFields;
import dev.headroom.function.schema.SchemaReference;
import dev.headroom.generation.form.ElementShape;
import dev.headroom.generation.form.ElementShape.Parameter;
import dev.headroom.generation.form.JsonShape;
import dev.headroom.generation.form.ParameterTypes;
import dev.headroom.template.calls.CallId;
import dev.headroom.template.calls.ElementFrame;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Turns the shape of arguments into what the element of each is held to. What would not be read back as it is meant is refused.
 *
 * @param schema the fields of the schema, which is enforced, for errors
 * @param types those by which elements are read
 * @param spelled true for a text that the model's tokens spell in whole characters, of which others cannot be held to a text
 */
record ElementParameters(JsonFields schema, ElementFrame frame, ParameterTypes types, Predicate<String> spelled) {

    /** Why a schema is refused that would do for calls in JSON. */
    static final String ELEMENT = "because the model writes each argument in an element of its own";

    /**
     * The form of the elements; empty for any keys and values.
     *
     * @throws dev.headroom.request.RequestFailedException when a name or a value cannot be written so
     */
    Optional<ElementShape> of(JsonShape arguments) {
        return switch (arguments) {
            case JsonShape.AnyObject _ -> Optional.empty();
            case JsonShape.Members(List<JsonShape.Member> all) ->
                Optional.of(new ElementShape(all.stream().map(this::parameter).toList()));
            case JsonShape.Text _,
                    JsonShape.Number _,
                    JsonShape.Words _,
                    JsonShape.Elements _,
                    JsonShape.AnyOf _,
                    JsonShape.Named _ -> throw new IllegalArgumentException("Arguments are an object.");
        };
    }

    private Parameter parameter(JsonShape.Member member) {
        String name = JsonText.unquoted(member.names().getFirst());
        if (!isReadAs(name, "x", TextNode.valueOf("x").toString())) {
            throw wrong(name, "has a name that would be read otherwise, %s; rename it", ELEMENT);
        }
        checkSpelled(name, name);
        return new Parameter(name, new ElementContent(this, name).of(member.shape()), member.required());
    }

    /** Refuses the text of a property that the model can spell by parts of characters alone. */
    void checkSpelled(String name, String text) {
        if (text.chars().anyMatch(c -> c >= 0x80)
                && !spelled.test(frame.element().middle() + text)) {
            throw wrong(
                    name,
                    "has '%s' as a name or a value, which the model's tokens do not spell whole; leave it out",
                    text);
        }
    }

    /** The error of a property. */
    RuntimeException wrong(String name, String sentence, Object... values) {
        return JsonFields.wrong(SchemaReference.whole(schema).prefix() + "properties." + name, sentence + ".", values);
    }

    /** True if a value that is written as this text is read back as this JSON, whatever follows it. */
    boolean isReadAs(String name, String text, String json) {
        String written =
                name + frame.element().middle() + text + frame.element().close();
        String member = TextNode.valueOf(name) + ": " + json;
        return (name + text).chars().noneMatch(c -> CallId.isDigit((char) c))
                && read(written + frame.element().open()).equals(member)
                && read(written + frame.end()).equals(member + "}");
    }

    private String read(String written) {
        ArgumentReader reader = new ElementArguments(frame, types);
        StringBuilder json = new StringBuilder();
        for (int i = 0; i < written.length() && !reader.whole(); i++) {
            reader.read(written.charAt(i), json);
        }
        return json.toString();
    }
}
