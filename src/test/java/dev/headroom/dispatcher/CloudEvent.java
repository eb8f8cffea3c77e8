package dev.headroom.dispatcher;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/**
 * An event as it crosses the wire.
 *
 * @param attributes all context attributes by their names, {@code datacontenttype} among them
 * @param data its data
 */
record CloudEvent(Map<String, String> attributes, byte[] data) {

    CloudEvent {
        attributes = Map.copyOf(attributes);
    }

    /** An event that asks for an inference. */
    static CloudEvent asking(String id, String type, String contentType, String data) {
        return new CloudEvent(
                Map.of(
                        "specversion", "1.0",
                        "id", id,
                        "source", "/dispatcher",
                        "type", type,
                        "datacontenttype", contentType),
                data.getBytes(StandardCharsets.UTF_8));
    }

    String id() {
        return attributes.get("id");
    }

    /** The same with further attributes. */
    CloudEvent with(Map<String, String> more) {
        Map<String, String> all = new TreeMap<>(attributes);
        all.putAll(more);
        return new CloudEvent(all, data);
    }

    String text() {
        return new String(data, StandardCharsets.UTF_8);
    }
}
