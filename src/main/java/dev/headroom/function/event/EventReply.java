package dev.headroom.function.event;

import dev.headroom.function.Problem;
import dev.headroom.function.infer.InferResponse;
import io.quarkus.funqy.knative.events.CloudEvent;
import io.quarkus.funqy.knative.events.CloudEventBuilder;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.UnaryOperator;

/**
 * The event that answers another.
 *
 * @param asked the other's attributes, as far as they could be read
 */
record EventReply(Map<String, String> asked) {

    /** The type of the events that answer. */
    static final String RESULT_TYPE = "dev.headroom.infer.result";

    /** The type of those that say why there is no answer, in a batch. */
    static final String ERROR_TYPE = "dev.headroom.infer.error";

    static final String SOURCE = "headroom";

    private static final String RESULT_SCHEMA = "urn:headroom:infer:response:1";

    /** W3C's trace context, as CloudEvents' extension for distributed tracing has it. */
    private static final List<String> TRACE = List.of("traceparent", "tracestate");

    /**
     * The answer, for Funqy to write.
     *
     * @param binary whether in binary mode, where Funqy puts the attributes into headers as they are
     */
    CloudEvent<InferResponse> result(InferResponse response, boolean binary) {
        UnaryOperator<String> written = binary ? PercentCoding::encode : UnaryOperator.identity();
        Map<String, String> extensions = extensions();
        extensions.replaceAll((name, value) -> written.apply(value));
        CloudEventBuilder reply = CloudEventBuilder.create()
                .id(newId())
                .time(OffsetDateTime.now(ZoneOffset.UTC))
                .dataSchema(RESULT_SCHEMA)
                .extensions(extensions);
        if (has("subject")) {
            reply.subject(written.apply(asked.get("subject")));
        }
        return reply.build(response);
    }

    /** The answer, for a batch. */
    Map<String, Object> result(InferResponse response) {
        Map<String, Object> reply = attributes(RESULT_TYPE, "application/json");
        reply.put("dataschema", RESULT_SCHEMA);
        reply.put("data", response);
        return reply;
    }

    /** Why there is none, for a batch. */
    Map<String, Object> error(Problem problem) {
        Map<String, Object> reply = attributes(ERROR_TYPE, "application/problem+json");
        reply.put("data", problem);
        return reply;
    }

    private Map<String, Object> attributes(String type, String dataType) {
        Map<String, Object> attributes = new LinkedHashMap<>();
        attributes.put("specversion", "1.0");
        attributes.put("id", newId());
        attributes.put("source", SOURCE);
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

    private static String newId() {
        return UUID.randomUUID().toString();
    }
}
