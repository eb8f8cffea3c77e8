package dev.headroom.function.event;

import com.fasterxml.jackson.databind.JsonNode;
import dev.headroom.function.Doors;
import dev.headroom.function.body.BodyJson;
import dev.headroom.function.body.JsonFields;
import dev.headroom.function.body.ParseMemory;
import dev.headroom.function.body.WellFormedText;
import dev.headroom.request.Failure;
import dev.headroom.request.RequestFailedException;
import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/** The data of an event, by its {@code datacontenttype}. */
sealed interface EventData {

    /** The media type in lower case, without parameters; {@code application/json} for all types of JSON. */
    String mediaType();

    /** Adds the data to an event's fingerprint. */
    void addTo(Fingerprint fingerprint);

    /** A request as {@code POST /infer} takes it. */
    record Json(JsonNode json) implements EventData {

        @Override
        public String mediaType() {
            return "application/json";
        }

        @Override
        public void addTo(Fingerprint fingerprint) {
            fingerprint.add(json);
        }
    }

    /** One text, which is the request's only input. */
    record Text(String text) implements EventData {

        @Override
        public String mediaType() {
            return "text/plain";
        }

        @Override
        public void addTo(Fingerprint fingerprint) {
            fingerprint.add(text);
        }
    }

    /** An image, or other data that is no text; the request's only input. */
    record Binary(String mediaType, byte[] octets) implements EventData {

        @Override
        public void addTo(Fingerprint fingerprint) {
            fingerprint.add(octets);
        }
    }

    /**
     * Reads data that came as octets.
     *
     * @throws RequestFailedException when the octets are not of this type, or the type is not supported
     */
    static EventData of(String contentType, Buffer octets, BodyJson bodies, ParseMemory room) {
        String type = Doors.mediaType(contentType);
        return switch (Kind.of(type)) {
            case JSON -> new Json(bodies.read(octets, room));
            case TEXT -> new Text(text(contentType, octets.getBytes()));
            case BINARY -> new Binary(type, octets.getBytes());
        };
    }

    /**
     * Takes data that came as JSON within the event.
     *
     * @throws RequestFailedException when the data cannot be of this type, or the type is not supported
     */
    static EventData of(String contentType, JsonNode data) {
        return switch (Kind.of(Doors.mediaType(contentType))) {
            case JSON -> new Json(data);
            case TEXT -> new Text(WellFormedText.read("data", data));
            case BINARY ->
                throw JsonFields.invalid(
                        "data is %s, and datacontenttype is '%s'; send it as data_base64.",
                        JsonFields.kind(data), contentType);
        };
    }

    private static String text(String contentType, byte[] octets) {
        try {
            return charset(contentType)
                    .newDecoder()
                    .decode(ByteBuffer.wrap(octets))
                    .toString();
        } catch (CharacterCodingException e) {
            throw JsonFields.invalid("The event's data is no text in its charset; send UTF-8.");
        }
    }

    private static Charset charset(String contentType) {
        for (String parameter : contentType.split(";")) {
            String[] pair = parameter.split("=", 2);
            if (pair.length == 2 && pair[0].trim().equalsIgnoreCase("charset")) {
                String name = pair[1].trim().replace("\"", "");
                try {
                    return Charset.forName(name);
                } catch (IllegalArgumentException e) {
                    throw JsonFields.invalid("The charset '%s' is not known; send UTF-8.", name);
                }
            }
        }
        return StandardCharsets.UTF_8;
    }

    /** The ways to read data; its media type says which. */
    enum Kind {
        JSON,
        TEXT,
        BINARY;

        static Kind of(String mediaType) {
            if (mediaType.equals("application/json") || mediaType.endsWith("+json") || mediaType.equals("text/json")) {
                return JSON;
            }
            if (mediaType.equals("text/plain")) {
                return TEXT;
            }
            if (mediaType.equals("application/octet-stream") || mediaType.startsWith("image/")) {
                return BINARY;
            }
            throw new RequestFailedException(new Failure.UnsupportedMedia(
                    "The event's data is of the type '%s'; send application/json with {\"inputs\": [\"text\"]}, text/plain with one text, or an image."
                            .formatted(mediaType)));
        }
    }
}
