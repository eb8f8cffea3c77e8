package dev.headroom.function.event;

import dev.headroom.function.Problem;
import dev.headroom.function.infer.InferFunction;
import dev.headroom.function.infer.InferResponse;
import dev.headroom.request.RequestTrace;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/**
 * The event that replies to another.
 *
 * @param asked the attributes of the other event, as far as they could be read
 * @param specversion the version of CloudEvents that the reply is written in
 */
record EventReply(Map<String, String> asked, String specversion) {

    private static final String OLD = "0.3";
    private static final String CURRENT = "1.0";

    /** The type of the events that say, in a batch, why an event has no answer. */
    static final String ERROR_TYPE = "dev.headroom.infer.error";

    /** The media type of the response. */
    static final String DATA_TYPE = "application/json";

    private static final String RESULT_SCHEMA = "urn:headroom:infer:response:1";

    /** W3C's trace context, named as in CloudEvents' extension for distributed tracing. */
    private static final List<String> TRACE = List.of("traceparent", "tracestate");

    /** The reply to a single event, in its own version. */
    static EventReply to(Map<String, String> asked) {
        return new EventReply(asked, OLD.equals(asked.get("specversion")) ? OLD : CURRENT);
    }

    /** The reply to an event of a batch, whose replies are all of one version. */
    static EventReply inBatch(Map<String, String> asked) {
        return new EventReply(asked, CURRENT);
    }

    /** The same reply, which continues a trace. */
    EventReply continuing(RequestTrace trace) {
        return new EventReply(trace.passedOn(asked), specversion);
    }

    /** The headers of a reply in binary mode, beside the content type. */
    Map<String, String> headers() {
        Map<String, String> headers = new LinkedHashMap<>();
        Map<String, String> attributes = result();
        attributes.remove("datacontenttype");
        attributes.forEach((name, value) -> headers.put("ce-" + name, PercentCoding.encode(value)));
        return headers;
    }

    /** The reply in structured mode, alone or in a batch. */
    Map<String, Object> result(InferResponse response) {
        Map<String, Object> reply = new LinkedHashMap<>(result());
        reply.put("data", response);
        return reply;
    }

    /** The reply, in a batch, to an event that failed. */
    Map<String, Object> error(Problem problem) {
        Map<String, Object> reply = new LinkedHashMap<>(attributes(ERROR_TYPE, "application/problem+json"));
        reply.put("data", problem);
        return reply;
    }

    /** The attributes of a reply. */
    Map<String, String> result() {
        Map<String, String> attributes = attributes(InferFunction.RESULT_TYPE, DATA_TYPE);
        attributes.put(specversion.equals(OLD) ? "schemaurl" : "dataschema", RESULT_SCHEMA);
        return attributes;
    }

    private Map<String, String> attributes(String type, String dataType) {
        Map<String, String> attributes = new LinkedHashMap<>();
        attributes.put("specversion", specversion);
        attributes.put("id", UUID.randomUUID().toString());
        attributes.put("source", InferFunction.SOURCE);
        attributes.put("type", type);
        attributes.put("time", OffsetDateTime.now(ZoneOffset.UTC).toString());
        if (has("subject")) {
            attributes.put("subject", asked.get("subject"));
        }
        attributes.put("datacontenttype", dataType);
        attributes.putAll(extensions());
        return attributes;
    }

    private Map<String, String> extensions() {
        Map<String, String> extensions = new TreeMap<>();
        if (has("id")) {
            extensions.put("causationid", asked.get("id"));
            extensions.put("correlationid", asked.get("id"));
        }
        if (has("correlationid")) {
            extensions.put("correlationid", asked.get("correlationid"));
        }
        TRACE.stream().filter(this::has).forEach(name -> extensions.put(name, asked.get(name)));
        return extensions;
    }

    private boolean has(String attribute) {
        return !asked.getOrDefault(attribute, "").isBlank();
    }
}
