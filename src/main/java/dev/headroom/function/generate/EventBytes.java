package dev.headroom.function.generate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertx.core.buffer.Buffer;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Server-sent events as bytes. */
public final class EventBytes {

    private static final byte[] START = "data: ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] END = "\n\n".getBytes(StandardCharsets.US_ASCII);

    private final ObjectMapper json;
    private final Buffer bytes = Buffer.buffer(512);

    EventBytes(ObjectMapper json) {
        this.json = json;
    }

    /** Adds an event whose data is JSON, which has no line breaks. */
    public void json(Object value) {
        try {
            add(json.writeValueAsBytes(value));
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Adds an event whose data is this word. */
    public void word(String word) {
        add(word.getBytes(StandardCharsets.UTF_8));
    }

    private void add(byte[] data) {
        bytes.appendBytes(START).appendBytes(data).appendBytes(END);
    }

    Buffer bytes() {
        return bytes;
    }
}
