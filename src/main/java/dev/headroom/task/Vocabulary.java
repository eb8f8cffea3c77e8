package dev.headroom.task;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/**
 * Reads the size of a vocabulary from a tokenizer.json as a stream, because large models have hundreds of thousands of
 * tokens.
 */
final class Vocabulary {

    private static final JsonFactory JSON = new JsonFactory();

    private long size;

    private Vocabulary() {}

    /** One more than the largest id in the file. */
    static long size(Path file) {
        Vocabulary vocabulary = new Vocabulary();
        try (JsonParser json = JSON.createParser(file.toFile())) {
            while (json.nextToken() != null) {
                if (json.currentToken() == JsonToken.FIELD_NAME) {
                    vocabulary.read(json);
                }
            }
            return vocabulary.size;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void read(JsonParser json) throws IOException {
        String field = json.currentName();
        JsonToken value = json.nextToken();
        if (field.equals("id") && value == JsonToken.VALUE_NUMBER_INT) {
            holds(json.getLongValue()); // of an added token
        } else if (field.equals("vocab") && value == JsonToken.START_OBJECT) {
            while (json.nextToken() != JsonToken.END_OBJECT) {
                json.nextToken();
                holds(json.getLongValue());
            }
        } else if (field.equals("vocab") && value == JsonToken.START_ARRAY) {
            for (long id = 0; json.nextToken() != JsonToken.END_ARRAY; id++) {
                json.skipChildren();
                holds(id);
            }
        }
    }

    private void holds(long id) {
        size = Math.max(size, id + 1);
    }
}
