package dev.headroom.function.event;

import com.fasterxml.jackson.databind.JsonNode;
import dev.headroom.function.body.JsonFields;
import dev.headroom.function.infer.InferFunction;
import dev.headroom.request.RequestFailedException;
import io.vertx.core.MultiMap;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads an event's attributes, and refuses attributes that the CloudEvents specification does not allow. */
final class EventAttributes {

    /** The schema of a request. A sender may name it to say which version it sends. */
    static final String REQUEST_SCHEMA = "urn:headroom:infer:request:1";

    private static final String OUR_SCHEMAS = "urn:headroom:infer:";
    private static final List<String> REQUIRED = List.of("specversion", "id", "source", "type");
    private static final Set<String> STRINGS = Set.of(
            "specversion", "id", "source", "type", "subject", "time", "datacontenttype", "dataschema", "schemaurl");
    private static final Set<String> DATA = Set.of("data", "data_base64");
    private static final Pattern NAME = Pattern.compile("[a-z0-9]+");
    private static final Pattern TO_THE_SECOND =
            Pattern.compile("[^T]+T\\d\\d:\\d\\d:\\d\\d.*", Pattern.CASE_INSENSITIVE);

    private EventAttributes() {}

    /**
     * The attributes of an event in binary mode.
     *
     * @throws RequestFailedException when one of them is missing or not allowed
     */
    static Map<String, String> of(MultiMap headers) {
        Map<String, String> attributes = new HashMap<>();
        for (Map.Entry<String, String> header : headers) {
            String name = header.getKey().toLowerCase(Locale.ROOT);
            if (name.startsWith("ce-")
                    && attributes.put(name.substring(3), PercentCoding.decode(header.getValue())) != null) {
                throw JsonFields.invalid("The header %s is there more than once; send it once.", name);
            }
        }
        return checked(attributes);
    }

    /**
     * The attributes of an event in structured mode, or in a batch.
     *
     * @throws RequestFailedException when one of them is missing or not allowed
     */
    static Map<String, String> of(JsonNode event) {
        for (String name : STRINGS) {
            JsonNode value = event.path(name);
            if (!REQUIRED.contains(name) && !value.isTextual() && !value.isMissingNode() && !value.isNull()) {
                throw JsonFields.invalid(
                        "The event's attribute %s is %s; set it to a string.", name, JsonFields.kind(value));
            }
        }
        event.properties().forEach(member -> {
            if (member.getValue().isContainerNode() && !DATA.contains(member.getKey())) {
                throw JsonFields.invalid(
                        "The event's attribute %s is %s; set it to a string, a number or a boolean.",
                        member.getKey(), JsonFields.kind(member.getValue()));
            }
        });
        return checked(readable(event));
    }

    /**
     * Attributes that a protocol carries as text.
     *
     * @throws RequestFailedException when one of them is missing or not allowed
     */
    static Map<String, String> of(Map<String, String> attributes) {
        return checked(attributes);
    }

    /** Reads the attributes that can be read, without a check. */
    static Map<String, String> readable(JsonNode event) {
        Map<String, String> attributes = new HashMap<>();
        event.properties().forEach(member -> {
            JsonNode value = member.getValue();
            boolean read =
                    STRINGS.contains(member.getKey()) ? value.isTextual() : value.isValueNode() && !value.isNull();
            if (read && !DATA.contains(member.getKey())) {
                attributes.put(member.getKey(), value.asText());
            }
        });
        return attributes;
    }

    private static Map<String, String> checked(Map<String, String> attributes) {
        REQUIRED.forEach(name -> checkRequired(name, attributes.get(name)));
        attributes.keySet().forEach(EventAttributes::checkName);
        checkUri("source", attributes.get("source"));
        Optional.ofNullable(attributes.get("time"))
                .filter(time -> !time.isEmpty())
                .ifPresent(EventAttributes::checkTime);
        Optional.ofNullable(attributes.getOrDefault("dataschema", attributes.get("schemaurl")))
                .filter(schema -> !schema.isEmpty())
                .ifPresent(EventAttributes::checkSchema);
        return Map.copyOf(attributes);
    }

    private static void checkRequired(String name, String value) {
        if (value == null || value.isBlank()) {
            throw JsonFields.invalid("The event's attribute %s is missing or no string; set it to a string.", name);
        }
        if (name.equals("type") && !value.equals(InferFunction.EVENT_TYPE)) {
            throw JsonFields.invalid(
                    "No function takes events of type '%s'; send the type %s.", value, InferFunction.EVENT_TYPE);
        }
        if (name.equals("specversion") && !value.equals("1.0") && !value.equals("0.3")) {
            throw JsonFields.invalid("The event's specversion is '%s'; send 1.0.", value);
        }
    }

    private static void checkName(String name) {
        if (!NAME.matcher(name).matches()) {
            throw JsonFields.invalid(
                    "The event has an attribute '%s'; name attributes with lower-case letters and digits only.", name);
        }
    }

    private static void checkTime(String time) {
        try {
            OffsetDateTime.parse(time);
        } catch (DateTimeParseException e) {
            throw noTime(time);
        }
        if (!TO_THE_SECOND.matcher(time).matches()) {
            throw noTime(time);
        }
    }

    private static RequestFailedException noTime(String time) {
        return JsonFields.invalid(
                "The event's time is '%s'; send one like 2026-03-01T12:00:00Z (RFC 3339), or leave it out.", time);
    }

    private static void checkSchema(String schema) {
        if (!checkUri("dataschema", schema).isAbsolute()) {
            throw JsonFields.invalid("The event's dataschema is '%s'; send an absolute URI, or leave it out.", schema);
        }
        if (schema.startsWith(OUR_SCHEMAS) && !schema.equals(REQUEST_SCHEMA)) {
            throw JsonFields.invalid(
                    "The event's dataschema is '%s', which is not read here; send data as %s and name that, or leave it out.",
                    schema, REQUEST_SCHEMA);
        }
    }

    private static URI checkUri(String name, String value) {
        try {
            return new URI(value);
        } catch (URISyntaxException e) {
            throw JsonFields.invalid("The event's %s is '%s', which is no URI; send one.", name, value);
        }
    }
}
