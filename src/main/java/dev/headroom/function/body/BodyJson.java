package dev.headroom.function.body;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headroom.function.InputReader;
import dev.headroom.request.RequestFailedException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufInputStream;
import io.vertx.core.buffer.Buffer;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.Supplier;

/**
 * Reads callers' JSON within {@link ParseMemory}. Measures a small body while it is read. Measures a large one before,
 * without building a tree, so that it waits for its memory, or is refused, before it takes any.
 */
@Singleton
public class BodyJson {

    private final ObjectMapper json;
    private final Supplier<ElementLimit> most;

    @Inject
    BodyJson(ObjectMapper json, InputReader inputs) {
        this(json, inputs::most);
    }

    /** A reader with this mapper that refuses arrays with more elements than this. */
    public BodyJson(ObjectMapper json, Supplier<ElementLimit> most) {
        this.json = json;
        this.most = most;
    }

    /**
     * Reads a body.
     *
     * @throws RequestFailedException when it is no JSON, or too large
     */
    public JsonNode read(Buffer body, ParseMemory memory) {
        Buffer bytes = body == null ? Buffer.buffer() : body;
        SoundUtf8.check(content(bytes));
        try {
            if (bytes.length() <= ParseMemory.SMALL) {
                return json.readTree(measured(bytes)) instanceof JsonNode read ? read : json.missingNode();
            }
            memory.take(heap(bytes));
            return json.readTree(stream(bytes));
        } catch (JsonProcessingException e) {
            throw StrictJson.unreadable(e);
        } catch (IOException e) {
            throw JsonFields.invalid("The body could not be read; send it again.");
        }
    }

    private JsonMeasure measured(Buffer bytes) throws IOException {
        return new JsonMeasure(json.createParser(stream(bytes)), most.get());
    }

    private static InputStream stream(Buffer bytes) {
        return new ByteBufInputStream(content(bytes));
    }

    /** The bytes without a copy. */
    @SuppressWarnings("deprecation") // for internal use from Vert.x 5 on
    private static ByteBuf content(Buffer bytes) {
        return bytes.getByteBuf();
    }

    /** The heap that the JSON takes as a tree, with its copies. */
    private long heap(Buffer bytes) throws IOException {
        try (JsonMeasure measure = measured(bytes)) {
            JsonParser parser = measure;
            while (parser.nextToken() != null) {
                // measured
            }
            return measure.heap(bytes.length());
        }
    }
}
