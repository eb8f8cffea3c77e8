package dev.headroom.function;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headroom.batch.RequestFailedException;
import io.vertx.core.buffer.Buffer;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.util.function.Supplier;

/**
 * Reads JSON that callers send, within the room that there is for it. What is small is counted while it is read; what is large is
 * counted before, without a tree, so that it waits for as much room as it takes, or is refused, before it takes any.
 */
@Singleton
public class BodyJson {

    private final ObjectMapper json;
    private final Supplier<Inputs.Most> most;

    @Inject
    BodyJson(ObjectMapper json, Inputs inputs) {
        this(json, inputs::most);
    }

    /** Reads by this mapper, and no arrays with more elements than this. */
    public BodyJson(ObjectMapper json, Supplier<Inputs.Most> most) {
        this.json = json;
        this.most = most;
    }

    /**
     * Reads a body.
     *
     * @throws RequestFailedException when it is no JSON, or more than is taken
     */
    public JsonNode read(Buffer body, ReadingRoom room) {
        return read(body == null ? new byte[0] : body.getBytes(), room);
    }

    /** The same of a part of it. */
    public JsonNode read(byte[] bytes, ReadingRoom room) {
        try {
            if (bytes.length <= ReadingRoom.SMALL) {
                return json.readTree(measured(bytes)) instanceof JsonNode read ? read : json.missingNode();
            }
            room.take(heap(bytes));
            return json.readTree(bytes);
        } catch (JsonProcessingException e) {
            throw StrictJson.unreadable(e);
        } catch (IOException e) {
            throw JsonFields.invalid("The body could not be read; send it again.");
        }
    }

    private JsonMeasure measured(byte[] bytes) throws IOException {
        return new JsonMeasure(json.createParser(bytes), most.get());
    }

    /** The heap that it takes as a tree, with its copies. */
    private long heap(byte[] bytes) throws IOException {
        try (JsonMeasure measure = measured(bytes)) {
            JsonParser parser = measure;
            while (parser.nextToken() != null) {
                // counted
            }
            return measure.heap(bytes.length);
        }
    }
}
