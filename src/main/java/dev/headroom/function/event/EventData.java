package dev.headroom.function.event;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.headroom.function.Doors;
import dev.headroom.function.body.BodyJson;
import dev.headroom.function.body.JsonFields;
import dev.headroom.function.body.ParseMemory;
import dev.headroom.request.Failure;
import dev.headroom.request.RequestFailedException;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/** The data of an event, by its {@code datacontenttype}. */
sealed interface EventData {

    /** Of JSON without a space. */
    ObjectWriter WRITER = JsonMapper.builder().build().writer();

    /** In lower case, without parameters; of all JSON the same. */
    String mediaType();

    /** Writes what the data is told from other data by, piece by piece, so that no second copy of it is made. */
    void writeTo(OutputStream out) throws IOException;

    /** A request as {@code POST /infer} takes it. */
    record Json(JsonNode json) implements EventData {

        @Override
        public String mediaType() {
            return "application/json";
        }

        @Override
        public void writeTo(OutputStream out) throws IOException {
            WRITER.writeValue(out, json);
        }
    }

    /** One text to be answered. */
    record Text(String text) implements EventData {

        @Override
        public String mediaType() {
            return "text/plain";
        }

        @Override
        public void writeTo(OutputStream out) throws IOException {
            Writer writer = new OutputStreamWriter(out, StandardCharsets.UTF_8);
            writer.write(text);
            writer.flush();
        }
    }

    /** One image to be answered, or what else is no text. */
    record Binary(String mediaType, byte[] octets) implements EventData {

        @Override
        public void writeTo(OutputStream out) throws IOException {
            out.write(octets);
        }
    }

    /**
     * Data that came as octets.
     *
     * @throws RequestFailedException when they are not of this type, or it is none that is read
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
     * Data that came within JSON.
     *
     * @throws RequestFailedException when it cannot be of this type, or that is none that is read
     */
    static EventData of(String contentType, JsonNode data) {
        return switch (Kind.of(Doors.mediaType(contentType))) {
            case JSON -> new Json(data);
            case TEXT -> new Text(JsonFields.wellFormed("data", data));
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

    /** The way data of a media type is read. */
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
