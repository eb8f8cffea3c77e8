package dev.headroom.worker;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Delivery;
import com.rabbitmq.client.Envelope;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jboss.logging.Logger;

/**
 * One connection to the broker, with a channel that takes messages and one that sends. One thread follows the prefetch and
 * cancels; the client's threads deliver.
 */
final class RabbitSession implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(RabbitSession.class);

    private static final Duration LONGEST_CLOSE = Duration.ofSeconds(5);

    private final RabbitSettings settings;
    private final Work work;
    private final Connection connection;
    private final Channel taking;
    private final RabbitTurn turn;
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Queue<Long> left = new ConcurrentLinkedQueue<>(); // delivered after the worker began to drain
    private volatile Optional<String> trouble = Optional.empty();
    private volatile boolean cancelled;
    private String consumer;
    private int prefetch;

    /**
     * Connects, and checks that the queue and the targets exist; takes nothing yet.
     *
     * @throws IOException when the broker is away or refuses
     */
    RabbitSession(RabbitSettings settings, Work work) throws IOException, TimeoutException {
        this.settings = settings;
        this.work = work;
        this.connection = settings.factory().newConnection("headroom");
        connection.addShutdownListener(cause -> ended.countDown());
        connection.addBlockedListener(
                reason -> trouble = Optional.of("RabbitMQ takes no messages now: " + reason),
                () -> trouble = Optional.empty());
        try {
            this.taking = connection.createChannel();
            Channel answers = connection.createChannel();
            check(answers);
            this.turn = new RabbitTurn(settings, work, taking, new ConfirmedChannel(answers));
            answers.addShutdownListener(this::fail);
            taking.addShutdownListener(this::fail);
        } catch (IOException | RuntimeException e) {
            connection.abort((int) LONGEST_CLOSE.toMillis());
            throw e;
        }
    }

    private void check(Channel channel) throws IOException {
        channel.queueDeclarePassive(settings.queue());
        if (settings.replies().isPresent()) {
            check(channel, settings.replies().get());
        }
        check(channel, settings.deadLetters());
    }

    private static void check(Channel channel, RabbitSettings.Target target) throws IOException {
        if (target.exchange().isEmpty()) {
            channel.queueDeclarePassive(target.routingKey());
        } else {
            channel.exchangeDeclarePassive(target.exchange());
        }
    }

    /** A channel that the broker closes ends the session. */
    private void fail(ShutdownSignalException cause) {
        if (!cause.isInitiatedByApplication()) {
            end(RabbitFeed.sentence(cause));
        }
    }

    private void end(String reason) {
        trouble = Optional.of(reason);
        ended.countDown();
    }

    /** Why nothing is taken or sent now. */
    Optional<String> trouble() {
        return trouble;
    }

    /** Waits for the end of the connection; false if the time was over before. */
    boolean awaitEnd(Duration most) throws InterruptedException {
        return ended.await(most.toMillis(), TimeUnit.MILLISECONDS);
    }

    /**
     * Takes so many messages at a time from now on. A new consumer replaces the old one, because a consumer keeps the limit that
     * it began with; what the old one has taken stays in flight.
     */
    void follow(int wanted) throws IOException {
        if (wanted == prefetch || cancelled) {
            return;
        }
        if (consumer != null) {
            taking.basicCancel(consumer);
        }
        taking.basicQos(wanted);
        consumer = taking.basicConsume(settings.queue(), false, new Taker(taking));
        prefetch = wanted;
    }

    private final class Taker extends DefaultConsumer {

        Taker(Channel channel) {
            super(channel);
        }

        @Override
        public void handleDelivery(String tag, Envelope envelope, BasicProperties properties, byte[] body) {
            delivered(new Delivery(envelope, properties, body));
        }

        @Override
        public void handleCancel(String tag) {
            end("The queue %s is gone; declare it.".formatted(settings.queue()));
        }
    }

    private void delivered(Delivery delivery) {
        if (AmqpBinding.headers(delivery.getProperties()).containsKey("x-stream-offset")) {
            end("The queue %s is a stream, which keeps no place for its readers; set a classic or quorum queue."
                    .formatted(settings.queue()));
        } else if (work.inFlight().enter()) {
            Thread.startVirtualThread(() -> take(delivery));
        } else {
            left.add(delivery.getEnvelope().getDeliveryTag());
            giveBackLeft();
        }
    }

    private void take(Delivery delivery) {
        try {
            turn.take(delivery);
        } catch (IOException | AlreadyClosedException e) {
            end(RabbitFeed.sentence(e)); // so that the broker delivers it again
        } catch (RuntimeException e) {
            LOG.error("A message could not be settled", e);
            end("A message could not be settled, see the log.");
        } finally {
            work.inFlight().leave();
        }
    }

    /** Takes nothing more; what has come too late goes back at once. */
    void cancel() {
        try {
            if (consumer != null) {
                taking.basicCancel(consumer);
            }
        } catch (IOException | AlreadyClosedException e) {
            // the broker gives everything back itself
        }
        cancelled = true;
        giveBackLeft();
    }

    private void giveBackLeft() {
        try {
            for (Long tag = next(); tag != null; tag = next()) {
                taking.basicNack(tag, false, true);
            }
        } catch (IOException | AlreadyClosedException e) {
            // the broker gives them back itself
        }
    }

    /** Not before the consumer is cancelled: the broker would deliver them here again. */
    private Long next() {
        return cancelled ? left.poll() : null;
    }

    /** Leaves the broker, which delivers again what is not acknowledged. */
    @Override
    public void close() {
        connection.abort((int) LONGEST_CLOSE.toMillis());
    }
}
