package dev.headroom.worker;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Delivery;
import dev.headroom.function.event.Exchanged;
import dev.headroom.function.event.Message;
import dev.headroom.worker.ConfirmedChannel.Fate;
import dev.headroom.worker.RabbitSettings.Target;
import dev.headroom.worker.WorkerMeters.Outcome;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * One message's turn, on a thread of its own: it is answered and acknowledged, given up and acknowledged, or returned to its
 * queue. Where the connection ends first the broker delivers it again.
 *
 * @param taking the channel that delivers and takes acknowledgements
 * @param sending the channel for answers and dead letters
 */
record RabbitTurn(RabbitSettings settings, Work work, Channel taking, ConfirmedChannel sending) {

    private static final Logger LOG = Logger.getLogger(RabbitTurn.class);

    /**
     * Works on the message until it is settled.
     *
     * @throws IOException when the broker does not confirm or the connection ends; the broker delivers the message again
     */
    void take(Delivery delivery) throws IOException {
        if (delivery.getEnvelope().isRedeliver()) {
            work.meters().redelivered();
        }
        if (PastDeliveries.uncounted(delivery)) {
            count(delivery);
        } else {
            answer(delivery, PastDeliveries.of(delivery) + 1);
        }
    }

    /** Puts a copy that is counted into the queue. */
    private void count(Delivery delivery) throws IOException {
        BasicProperties counted = AmqpBinding.copied(
                delivery.getProperties(), Map.of(PastDeliveries.COUNT, PastDeliveries.of(delivery) + 1));
        if (sending.publish(new Target("", settings.queue()), counted, delivery.getBody()) == Fate.CONFIRMED) {
            acknowledge(delivery);
        } else {
            giveBack(delivery, 1, Optional.empty());
        }
    }

    private void answer(Delivery delivery, int tries) throws IOException {
        if (tries > work.tries()) {
            bury(delivery, DeadLetter.worn(tries - 1));
            return;
        }
        Optional<Target> to = replyTo(delivery.getProperties());
        if (to.isEmpty()) {
            bury(
                    delivery,
                    DeadLetter.unroutable(
                            "The event has no reply-to; set it to a queue, or have headroom.worker.rabbitmq.reply-routing-key set.",
                            tries));
            return;
        }
        switch (work.exchange().apply(() -> AmqpBinding.read(delivery))) {
            case Exchanged.Answered(Message reply) -> reply(delivery, to.get(), reply, tries);
            case Exchanged.Refused refused -> bury(delivery, DeadLetter.of(refused.problem(), tries));
            case Exchanged.Passing passing -> {
                if (tries >= work.tries() && !work.inFlight().draining()) {
                    bury(delivery, DeadLetter.of(passing.problem(), tries));
                } else {
                    giveBack(delivery, tries, passing.pause());
                }
            }
        }
    }

    private Optional<Target> replyTo(BasicProperties properties) {
        return Optional.ofNullable(properties.getReplyTo())
                .filter(queue -> !queue.isBlank())
                .map(queue -> new Target("", queue))
                .or(settings::replies);
    }

    private void reply(Delivery delivery, Target to, Message reply, int tries) throws IOException {
        BasicProperties properties = AmqpBinding.properties(reply, delivery.getProperties());
        switch (sending.publish(to, properties, reply.body())) {
            case CONFIRMED -> {
                acknowledge(delivery);
                work.meters().settled(Outcome.ANSWERED);
            }
            case UNROUTABLE ->
                bury(
                        delivery,
                        DeadLetter.unroutable(
                                "No queue takes the answer at exchange '%s' with routing key '%s'; bind one."
                                        .formatted(to.exchange(), to.routingKey()),
                                tries));
            case REFUSED -> giveBack(delivery, tries, Optional.empty());
        }
    }

    private void bury(Delivery delivery, DeadLetter letter) throws IOException {
        Map<String, Object> headers = new HashMap<>(letter.headers());
        headers.put("headroom-queue", settings.queue());
        headers.put("headroom-exchange", delivery.getEnvelope().getExchange());
        headers.put("headroom-routing-key", delivery.getEnvelope().getRoutingKey());
        BasicProperties properties = AmqpBinding.copied(delivery.getProperties(), headers);
        if (sending.publish(settings.deadLetters(), properties, delivery.getBody()) == Fate.CONFIRMED) {
            acknowledge(delivery);
            work.meters().settled(Outcome.DEAD_LETTER);
        } else {
            LOG.errorf(
                    "No queue takes dead letters at %s; bind one. The message goes back to %s.",
                    settings.deadLetters(), settings.queue());
            giveBack(delivery, letter.tries(), Optional.empty());
        }
    }

    private void giveBack(Delivery delivery, int tries, Optional<Duration> pause) throws IOException {
        work.meters().retried();
        work.pauses().pause(Pauses.after(tries, pause));
        taking.basicNack(delivery.getEnvelope().getDeliveryTag(), false, true);
        work.meters().settled(Outcome.RETURNED);
    }

    private void acknowledge(Delivery delivery) throws IOException {
        taking.basicAck(delivery.getEnvelope().getDeliveryTag(), false);
    }
}
