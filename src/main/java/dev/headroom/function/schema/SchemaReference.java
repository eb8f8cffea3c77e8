package dev.headroom.function.schema;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import dev.headroom.function.body.JsonFields;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** A reference to a part of the same schema: a pointer, written as the fragment of a URI, in which %20 is a blank and ~1 a slash. */
public record SchemaReference(JsonPointer pointer) {

    /** The one that is written so; empty where it is none to the same schema. */
    static Optional<SchemaReference> of(String written) {
        if (!written.startsWith("#")) {
            return Optional.empty();
        }
        try {
            String fragment = written.substring(1).replace("+", "%2B"); // which a form would read as a blank
            return Optional.of(
                    new SchemaReference(JsonPointer.compile(URLDecoder.decode(fragment, StandardCharsets.UTF_8))));
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // no pointer, or no two digits behind a percent sign
        }
    }

    /** The schema that describes the whole, behind the references with which it begins, which do not lead to themselves. */
    public static JsonFields whole(JsonFields root) {
        JsonFields at = root;
        Optional<SchemaReference> reference = at.text("$ref").flatMap(SchemaReference::of);
        while (reference.isPresent()) {
            at = reference.get().fields(root);
            reference = at.text("$ref").flatMap(SchemaReference::of);
        }
        return at;
    }

    private JsonFields fields(JsonFields root) {
        StringBuilder prefix = new StringBuilder(root.prefix());
        for (JsonPointer rest = pointer; !rest.matches(); rest = rest.tail()) {
            prefix.append(rest.getMatchingProperty()).append('.');
        }
        return new JsonFields(prefix.toString(), in(root.json()));
    }

    /** The part of a schema; missing where it has none there. */
    JsonNode in(JsonNode root) {
        return root.at(pointer);
    }

    /** The name of a part of a group, such as of its definitions; empty for any other part. */
    Optional<String> under(String group) {
        return pointer.matchesProperty(group)
                        && !pointer.tail().matches()
                        && pointer.tail().tail().matches()
                ? Optional.of(pointer.tail().getMatchingProperty())
                : Optional.empty();
    }
}
