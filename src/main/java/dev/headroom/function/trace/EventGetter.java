package dev.headroom.function.trace;

import io.opentelemetry.context.propagation.TextMapGetter;
import java.util.Map;

/** Reads W3C's trace context from the attributes of an event. */
enum EventGetter implements TextMapGetter<Map<String, String>> {
    EVENT;

    @Override
    public Iterable<String> keys(Map<String, String> attributes) {
        return attributes.keySet();
    }

    @Override
    public String get(Map<String, String> attributes, String name) {
        return attributes.get(name);
    }
}
