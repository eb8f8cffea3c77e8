package dev.headroom.worker;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Return;
import com.rabbitmq.client.ShutdownSignalException;
import dev.headroom.worker.RabbitSettings.Target;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A channel whose messages the broker confirms. Any thread may call; its lock guards the order of the numbers. */
final class ConfirmedChannel {

    /** The longest that a confirmation takes; a quorum queue may be electing a leader. */
    private static final Duration LONGEST = Duration.ofSeconds(30);

    /** Names a message that comes back, because the broker's numbers are not in it. */
    private static final String NUMBER = "headroom-number";

    /** RabbitMQ returns a direct reply that is mandatory although it arrives. */
    private static final String DIRECT_REPLY = "amq.rabbitmq.reply-to.";

    /** What the broker did with a message. */
    enum Fate {
        CONFIRMED,
        UNROUTABLE,
        REFUSED
    }

    private final Channel channel;
    private final ConcurrentNavigableMap<Long, CompletableFuture<Fate>> open = new ConcurrentSkipListMap<>();

    /**
     * Makes the broker confirm what is published on this channel.
     *
     * @throws IOException when the broker does not
     */
    ConfirmedChannel(Channel channel) throws IOException {
        this.channel = channel;
        channel.addReturnListener(this::returned);
        channel.addConfirmListener(
                (number, several) -> settle(number, several, Fate.CONFIRMED),
                (number, several) -> settle(number, several, Fate.REFUSED));
        channel.addShutdownListener(this::fail);
        channel.confirmSelect();
    }

    /**
     * Publishes a message and waits until the broker has it.
     *
     * @throws IOException when the connection ends first, or the broker keeps silent; the message may have arrived
     */
    Fate publish(Target target, BasicProperties properties, byte[] body) throws IOException {
        try {
            return send(target, properties, body).get(LONGEST.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException | ShutdownSignalException e) {
            throw new IOException("The broker did not confirm a message", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    private synchronized CompletableFuture<Fate> send(Target target, BasicProperties properties, byte[] body)
            throws IOException {
        long number = channel.getNextPublishSeqNo();
        CompletableFuture<Fate> fate = new CompletableFuture<>();
        open.put(number, fate);
        Map<String, Object> headers = new HashMap<>(AmqpBinding.headers(properties));
        headers.put(NUMBER, number);
        boolean mandatory = !target.routingKey().startsWith(DIRECT_REPLY);
        channel.basicPublish(
                target.exchange(),
                target.routingKey(),
                mandatory,
                properties.builder().headers(headers).build(),
                body);
        return fate;
    }

    /** The broker returns a message before it confirms it. */
    private void returned(Return message) {
        if (AmqpBinding.headers(message.getProperties()).get(NUMBER) instanceof Long number) {
            CompletableFuture<Fate> fate = open.get(number);
            if (fate != null) {
                fate.complete(Fate.UNROUTABLE);
            }
        }
    }

    private void settle(long number, boolean several, Fate fate) {
        Map<Long, CompletableFuture<Fate>> settled =
                several ? open.headMap(number, true) : open.subMap(number, true, number, true);
        settled.values().forEach(future -> future.complete(fate));
        settled.clear();
    }

    private void fail(ShutdownSignalException cause) {
        open.values().forEach(future -> future.completeExceptionally(cause));
        open.clear();
    }
}
