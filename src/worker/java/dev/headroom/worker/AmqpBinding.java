package dev.headroom.worker;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Delivery;
import dev.headroom.function.event.Message;
import dev.headroom.request.Failure;
import dev.headroom.request.RequestFailedException;
import java.time.ZoneOffset;
import java.util.Date;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** CloudEvents' binding to AMQP: attributes are headers that begin with {@code cloudEvents:} or {@code cloudEvents_}. */
final class AmqpBinding {

    private static final String WRITTEN = "cloudEvents:";
    private static final String ALSO_READ = "cloudEvents_";
    private static final int PERSISTENT = 2;

    private AmqpBinding() {}

    /**
     * Reads a message.
     *
     * @throws RequestFailedException when an attribute is there twice
     */
    static Message read(Delivery delivery) {
        BasicProperties properties = delivery.getProperties();
        Map<String, String> attributes = new HashMap<>();
        headers(properties).forEach((name, value) -> {
            if (name.startsWith(WRITTEN) || name.startsWith(ALSO_READ)) {
                String attribute = name.substring(WRITTEN.length());
                if (value != null && attributes.put(attribute, text(value)) != null) {
                    throw new RequestFailedException(new Failure.Invalid(
                            "The event's attribute %s is there twice, as %s%s and %s%s; send one of them."
                                    .formatted(attribute, WRITTEN, attribute, ALSO_READ, attribute)));
                }
            }
        });
        return new Message(
                attributes, Optional.ofNullable(properties.getContentType()).orElse(""), delivery.getBody());
    }

    /** The properties of an answer. */
    static BasicProperties properties(Message reply, BasicProperties asked) {
        Map<String, Object> headers = new HashMap<>();
        reply.attributes().forEach((name, value) -> headers.put(WRITTEN + name, value));
        return new BasicProperties.Builder()
                .headers(headers)
                .contentType(reply.contentType())
                .deliveryMode(PERSISTENT)
                .correlationId(Optional.ofNullable(asked.getCorrelationId()).orElse(asked.getMessageId()))
                .build();
    }

    /** The properties of a copy with more headers. It never expires, and goes nowhere else. */
    static BasicProperties copied(BasicProperties properties, Map<String, ?> more) {
        Map<String, Object> headers = new HashMap<>(headers(properties));
        headers.remove("CC");
        headers.putAll(more);
        return properties
                .builder()
                .headers(headers)
                .deliveryMode(PERSISTENT)
                .expiration(null)
                .userId(null)
                .build();
    }

    /** The headers; none where the message has none. */
    static Map<String, Object> headers(BasicProperties properties) {
        return Optional.ofNullable(properties.getHeaders()).orElse(Map.of());
    }

    private static String text(Object value) {
        return value instanceof Date time
                ? time.toInstant().atOffset(ZoneOffset.UTC).toString()
                : value.toString();
    }
}
