package dev.headroom.function.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.headroom.function.body.JsonFields;
import dev.headroom.generation.form.JsonShape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads a JSON Schema as a shape. Keywords that would not be enforced are refused by their names, but for those that only
 * describe.
 */
public final class JsonSchema {

    private final JsonFields root;
    private final Map<String, JsonShape> byReference = new HashMap<>();
    private final List<JsonShape> alternatives = new ArrayList<>();

    private JsonSchema(JsonFields root) {
        this.root = root;
    }

    /**
     * Reads the schema in a field of a request, an object that has it as its {@code schema}.
     *
     * @throws dev.headroom.request.RequestFailedException as {@link #read} has it
     */
    public static JsonShape readNamed(JsonFields holder, String field) {
        return read(holder.within(field, "an object with the schema").within("schema", "a JSON Schema"));
    }

    /**
     * Reads a schema.
     *
     * @throws dev.headroom.request.RequestFailedException when it is none, or demands what is not enforced, or describes no object
     */
    public static JsonShape read(JsonFields schema) {
        JsonSchema reader = new JsonSchema(schema);
        JsonShape shape = reader.referred("#", schema);
        new SchemaAlternatives(schema.prefix()).check(reader.byReference, reader.alternatives);
        JsonShape whole = shape;
        while (whole instanceof JsonShape.Named(var named)) {
            whole = named.get();
        }
        return switch (whole) {
            case JsonShape.Members _, JsonShape.AnyObject _ -> whole;
            case JsonShape.Text _,
                    JsonShape.Number _,
                    JsonShape.Words _,
                    JsonShape.Elements _,
                    JsonShape.AnyOf _,
                    JsonShape.Named _ ->
                throw JsonFields.wrong(
                        schema.prefix() + "type",
                        "has to be object for the answer as a whole; put it into a property.");
        };
    }

    private JsonShape referred(String reference, JsonFields schema) {
        byReference.put(reference, new JsonShape.Named(() -> byReference.get(reference)));
        JsonShape shape = shape(schema);
        byReference.put(reference, shape);
        return shape;
    }

    private JsonShape shape(JsonFields schema) {
        SchemaKeywords.checkKeywords(schema);
        Optional<String> reference = schema.text("$ref");
        if (reference.isPresent()) {
            SchemaKeywords.alone(schema, "$ref");
            return reference(schema, reference.get());
        }
        if (schema.json().has("anyOf")) {
            SchemaKeywords.alone(schema, "anyOf");
            JsonShape shape = new JsonShape.AnyOf(each(schema, "anyOf"));
            alternatives.add(shape);
            return shape;
        }
        if (schema.json().has("enum") || schema.json().has("const")) {
            return SchemaValues.words(schema, schema.json().has("const") ? "const" : "enum");
        }
        List<JsonShape> shapes = SchemaKeywords.types(schema).stream()
                .map(type -> ofType(schema, type))
                .toList();
        return shapes.size() == 1 ? shapes.getFirst() : new JsonShape.AnyOf(shapes);
    }

    /** A reference to the whole, or to one of its definitions. */
    private JsonShape reference(JsonFields schema, String reference) {
        if (byReference.containsKey(reference)) {
            return new JsonShape.Named(() -> byReference.get(reference));
        }
        for (String group : List.of("$defs", "definitions")) {
            Optional<String> name = SchemaReference.of(reference)
                    .flatMap(found -> found.under(group))
                    .filter(root.json().path(group)::has);
            if (name.isPresent()) {
                JsonFields all = root.within(group, "an object of schemas");
                return referred(reference, SchemaKeywords.object(all, name.get()));
            }
        }
        throw JsonFields.wrong(
                schema.prefix() + "$ref",
                "is '%s', which is not there; send #/$defs/ and the name of a definition.",
                reference);
    }

    private List<JsonShape> each(JsonFields schema, String field) {
        JsonNode all = SchemaKeywords.array(schema, field);
        List<JsonShape> shapes = new ArrayList<>();
        for (JsonNode one : all) {
            String name = "%s%s[%d]".formatted(schema.prefix(), field, shapes.size());
            if (!one.isObject()) {
                throw JsonFields.wrong(name, "is %s; send a schema, which is an object.", JsonFields.kind(one));
            }
            shapes.add(shape(new JsonFields(name + ".", one)));
        }
        return shapes;
    }

    private JsonShape ofType(JsonFields schema, String type) {
        return switch (type) {
            case "object" -> members(schema);
            case "array" -> elements(schema);
            case "string" -> new JsonShape.Text();
            case "number" -> new JsonShape.Number(false);
            case "integer" -> new JsonShape.Number(true);
            case "boolean" -> new JsonShape.Words(List.of("true", "false"));
            default -> new JsonShape.Words(List.of("null"));
        };
    }

    /** Members that the schema does not name are left out, whether it allows others or not. */
    private JsonShape members(JsonFields schema) {
        SchemaKeywords.checkAdditional(schema);
        JsonNode properties = schema.json().path("properties");
        Set<String> required = SchemaKeywords.required(schema);
        if (properties.isMissingNode() && required.isEmpty() && !schema.json().has("additionalProperties")) {
            return new JsonShape.AnyObject();
        }
        JsonFields named = properties.isMissingNode()
                ? new JsonFields(schema.prefix() + "properties.", JsonNodeFactory.instance.objectNode())
                : schema.within("properties", "an object of schemas");
        List<JsonShape.Member> members = new ArrayList<>();
        named.json()
                .fieldNames()
                .forEachRemaining(name -> members.add(new JsonShape.Member(
                        SchemaValues.spellings(TextNode.valueOf(name)),
                        shape(SchemaKeywords.object(named, name)),
                        required.remove(name))));
        required.stream().findFirst().ifPresent(name -> {
            throw JsonFields.wrong(
                    schema.prefix() + "required", "has '%s', which is no property; add it to properties.", name);
        });
        return new JsonShape.Members(members);
    }

    private JsonShape elements(JsonFields schema) {
        if (schema.json().path("items").isMissingNode()) {
            throw JsonFields.wrong(schema.prefix() + "items", "is missing; send the schema of the elements.");
        }
        int least = (int) schema.whole("minItems", 0, Integer.MAX_VALUE).orElse(0);
        int most = (int) schema.whole("maxItems", 0, Integer.MAX_VALUE).orElse(Integer.MAX_VALUE);
        if (least > most) {
            throw JsonFields.wrong(schema.prefix() + "minItems", "is %d, above maxItems; lower it.", least);
        }
        return new JsonShape.Elements(shape(SchemaKeywords.object(schema, "items")), least, most);
    }
}
