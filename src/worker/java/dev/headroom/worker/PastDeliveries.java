package dev.headroom.worker;

import com.rabbitmq.client.Delivery;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How often a message was delivered before. A quorum queue counts that itself. A classic one only says that it was, so that the
 * worker puts a copy of the message with a count of its own in its place.
 */
final class PastDeliveries {

    /** The worker's own count, for classic queues. */
    static final String COUNT = "headroom-deliveries";

    private static final List<String> OF_THE_BROKER = List.of("x-delivery-count", "x-acquired-count");

    private PastDeliveries() {}

    /** The deliveries before this one, as far as they are counted. */
    static int of(Delivery delivery) {
        Map<String, Object> headers = AmqpBinding.headers(delivery.getProperties());
        return Math.max(
                count(headers, COUNT).orElse(0),
                OF_THE_BROKER.stream()
                        .mapToInt(name -> count(headers, name).orElse(0))
                        .max()
                        .orElse(0));
    }

    /** True if the message was delivered before, and its queue does not count. */
    static boolean uncounted(Delivery delivery) {
        Map<String, Object> headers = AmqpBinding.headers(delivery.getProperties());
        return delivery.getEnvelope().isRedeliver() && OF_THE_BROKER.stream().noneMatch(headers::containsKey);
    }

    private static Optional<Integer> count(Map<String, Object> headers, String name) {
        return headers.get(name) instanceof Number count ? Optional.of(count.intValue()) : Optional.empty();
    }
}
