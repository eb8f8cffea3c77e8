package dev.headroom.worker;

import dev.headroom.function.event.Message;
import dev.headroom.request.Failure;
import dev.headroom.request.RequestFailedException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/** CloudEvents' binding to Kafka: attributes are headers that begin with {@code ce_}. */
final class KafkaBinding {

    private static final String ATTRIBUTE = "ce_";
    private static final String CONTENT_TYPE = "content-type";

    private KafkaBinding() {}

    /**
     * Reads a record.
     *
     * @throws RequestFailedException when it has no value, or an attribute is there twice
     */
    static Message read(ConsumerRecord<byte[], byte[]> taken) {
        if (taken.value() == null) {
            throw new RequestFailedException(
                    new Failure.Invalid("The record has no value; set it to the event's data, or to the event."));
        }
        Map<String, String> attributes = new HashMap<>();
        String contentType = "";
        for (Header header : taken.headers()) {
            if (header.value() == null) {
                continue;
            }
            String value = new String(header.value(), StandardCharsets.UTF_8);
            if (header.key().equals(CONTENT_TYPE)) {
                contentType = value;
            } else if (header.key().startsWith(ATTRIBUTE)
                    && attributes.put(header.key().substring(ATTRIBUTE.length()), value) != null) {
                throw new RequestFailedException(new Failure.Invalid(
                        "The header %s is there more than once; send it once.".formatted(header.key())));
            }
        }
        return new Message(attributes, contentType, taken.value());
    }

    /** The record of an answer; it has the key of the record that asked. */
    static ProducerRecord<byte[], byte[]> reply(String topic, ConsumerRecord<byte[], byte[]> asked, Message reply) {
        ProducerRecord<byte[], byte[]> answer = new ProducerRecord<>(topic, asked.key(), reply.body());
        reply.attributes().forEach((name, value) -> add(answer.headers(), ATTRIBUTE + name, value));
        add(answer.headers(), CONTENT_TYPE, reply.contentType());
        return answer;
    }

    /** A copy of a record that is given up, with the reason and the place that it comes from. */
    static ProducerRecord<byte[], byte[]> buried(
            String topic, ConsumerRecord<byte[], byte[]> asked, DeadLetter letter) {
        ProducerRecord<byte[], byte[]> copy = new ProducerRecord<>(topic, asked.key(), asked.value());
        asked.headers().forEach(copy.headers()::add);
        letter.headers().forEach((name, value) -> add(copy.headers(), name, value));
        add(copy.headers(), "headroom-topic", asked.topic());
        add(copy.headers(), "headroom-partition", Integer.toString(asked.partition()));
        add(copy.headers(), "headroom-offset", Long.toString(asked.offset()));
        return copy;
    }

    private static void add(Headers headers, String name, String value) {
        headers.add(name, value.getBytes(StandardCharsets.UTF_8));
    }
}
