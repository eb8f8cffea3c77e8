package dev.headroom.function.event;

import com.fasterxml.jackson.databind.JsonNode;
import dev.headroom.function.body.BodyJson;
import dev.headroom.function.body.JsonFields;
import dev.headroom.function.body.ParseMemory;
import dev.headroom.request.RequestFailedException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import jakarta.inject.Singleton;
import java.util.Base64;
import java.util.Map;

/** Reads an event with errors that name what is wrong with it. */
@Singleton
class EventReader {

    private final BodyJson bodies;

    EventReader(BodyJson bodies) {
        this.bodies = bodies;
    }

    /**
     * Reads an event in binary mode: its attributes are headers and its data is the body.
     *
     * @throws RequestFailedException when the request is no valid event
     */
    Event binary(HttpServerRequest request, Buffer body, ParseMemory room) {
        String contentType = request.getHeader("Content-Type");
        return binary(EventAttributes.of(request.headers()), contentType == null ? "" : contentType, body, room);
    }

    /**
     * Reads an event whose attributes are known and whose data is the body.
     *
     * @throws RequestFailedException when the body is no valid data
     */
    Event binary(Map<String, String> attributes, String contentType, Buffer body, ParseMemory room) {
        if (body == null || body.length() == 0) {
            throw noData();
        }
        return new Event(attributes, EventData.of(contentType, body, bodies, room));
    }

    /**
     * Reads an event in structured mode, or an element of a batch.
     *
     * @param room the memory for data that is JSON in Base64
     * @throws RequestFailedException when the JSON is no valid event
     */
    Event structured(JsonNode event, ParseMemory room) {
        if (!event.isObject()) {
            throw JsonFields.invalid("The event is no JSON object; send one with id, source, type and data.");
        }
        Map<String, String> attributes = EventAttributes.of(event);
        String contentType = attributes.getOrDefault("datacontenttype", "application/json");
        if (event.hasNonNull("data_base64") && event.hasNonNull("data")) {
            throw JsonFields.invalid("The event has both data and data_base64; send one of them.");
        }
        if (event.hasNonNull("data_base64")) {
            return new Event(attributes, EventData.of(contentType, decoded(event.path("data_base64")), bodies, room));
        }
        if (!event.hasNonNull("data")) {
            throw noData();
        }
        boolean encoded =
                attributes.getOrDefault("datacontentencoding", "").equalsIgnoreCase("base64"); // version 0.3's way
        return new Event(
                attributes,
                encoded
                        ? EventData.of(contentType, decoded(event.path("data")), bodies, room)
                        : EventData.of(contentType, event.path("data")));
    }

    private static Buffer decoded(JsonNode base64) {
        try {
            return Buffer.buffer(Base64.getDecoder().decode(base64.isTextual() ? base64.textValue() : "?"));
        } catch (IllegalArgumentException e) {
            throw JsonFields.invalid("The event's data is no Base64; encode it so, or send it as data.");
        }
    }

    private static RequestFailedException noData() {
        return JsonFields.invalid("The event has no data; set data to {\"inputs\": [\"text\"]}.");
    }
}
