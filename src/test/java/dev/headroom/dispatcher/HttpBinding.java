package dev.headroom.dispatcher;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URLDecoder;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Events in requests and answers, in CloudEvents' two modes of HTTP. */
enum HttpBinding {
    /** Attributes are headers, data is the body. */
    BINARY {
        @Override
        void write(CloudEvent event, HttpRequest.Builder request) {
            event.attributes().forEach((name, value) -> {
                if (name.equals("datacontenttype")) {
                    request.header("Content-Type", value);
                } else {
                    request.header("ce-" + name, value);
                }
            });
            request.POST(BodyPublishers.ofByteArray(event.data()));
        }
    },
    /** All is JSON in the body; data that is none is in base64. */
    STRUCTURED {
        @Override
        void write(CloudEvent event, HttpRequest.Builder request) {
            ObjectNode json = JSON.createObjectNode();
            event.attributes().forEach(json::put);
            try {
                json.set("data", JSON.readTree(event.data()));
            } catch (IOException e) {
                json.put("data_base64", Base64.getEncoder().encodeToString(event.data()));
            }
            request.header("Content-Type", STRUCTURED_TYPE).POST(BodyPublishers.ofString(json.toString()));
        }
    };

    static final String STRUCTURED_TYPE = "application/cloudevents+json";

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Puts the event into a request. */
    abstract void write(CloudEvent event, HttpRequest.Builder request);

    /**
     * The event that an answer is, in whichever mode; empty where it is none.
     *
     * @throws IOException when it should be one and is broken
     */
    static Optional<CloudEvent> read(HttpHeaders headers, byte[] body) throws IOException {
        String type = headers.firstValue("Content-Type").orElse("");
        if (type.startsWith(STRUCTURED_TYPE)) {
            return Optional.of(structured(JSON.readTree(body)));
        }
        return headers.firstValue("ce-specversion").isPresent()
                ? Optional.of(binary(headers, type, body))
                : Optional.empty();
    }

    private static CloudEvent structured(JsonNode json) throws IOException {
        Map<String, String> attributes = new TreeMap<>();
        json.properties().stream()
                .filter(field ->
                        !field.getKey().startsWith("data") || field.getValue().isTextual())
                .forEach(
                        field -> attributes.put(field.getKey(), field.getValue().asText()));
        byte[] data = json.has("data_base64")
                ? json.path("data_base64").binaryValue()
                : JSON.writeValueAsBytes(json.path("data"));
        return checked(new CloudEvent(attributes, data));
    }

    private static CloudEvent binary(HttpHeaders headers, String type, byte[] body) throws IOException {
        Map<String, String> attributes = new TreeMap<>();
        attributes.put("datacontenttype", type);
        headers.map().forEach((name, values) -> {
            if (name.startsWith("ce-")) {
                attributes.put(name.substring(3), URLDecoder.decode(values.getFirst(), StandardCharsets.UTF_8));
            }
        });
        return checked(new CloudEvent(attributes, body));
    }

    private static CloudEvent checked(CloudEvent event) throws IOException {
        for (String required : new String[] {"specversion", "id", "source", "type"}) {
            if (event.attributes().getOrDefault(required, "").isEmpty()) {
                throw new IOException("The reply has no " + required);
            }
        }
        return event;
    }
}
