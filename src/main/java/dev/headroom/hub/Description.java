package dev.headroom.hub;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headroom.hub.Exchange.Receiver;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpHeaders;
import java.util.Map;

/**
 * The Hub's descriptions of repositories.
 *
 * @param client sends the requests
 */
record Description(HubClient client) {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** More than the list of any model's files takes. */
    private static final int MOST_BYTES = 64 << 20;

    /**
     * Asks for a description.
     *
     * @throws IOException when there is none
     */
    JsonNode of(HubName name, Retries retries) throws IOException {
        return retries.run(() -> 0, () -> {
            Text text = new Text();
            client.send("GET", client.description(name), Map.of("Accept", "application/json"), text);
            return text.json();
        });
    }

    private static final class Text implements Receiver {

        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        @Override
        public void begin(int status, HttpHeaders headers) {
            bytes.reset();
        }

        @Override
        public void take(byte[] more) throws IOException {
            if (bytes.size() + more.length > MOST_BYTES) {
                throw new Refusal("the description of the repository is longer than %,d bytes".formatted(MOST_BYTES));
            }
            bytes.write(more);
        }

        private JsonNode json() throws IOException {
            try {
                return JSON.readTree(bytes.toByteArray());
            } catch (JsonProcessingException e) {
                throw new Refusal("the description of the repository is no JSON");
            }
        }
    }
}
