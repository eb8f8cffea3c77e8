package dev.headroom.worker;

import dev.headroom.function.event.Exchanged;
import dev.headroom.function.event.Message;
import dev.headroom.worker.WorkerMeters.Outcome;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RetriableException;
import org.jboss.logging.Logger;

/** One record's turn, on a thread of its own: it is tried in its place until it is answered or given up. */
record KafkaTurn(KafkaSettings settings, Work work, Producer<byte[], byte[]> sending) {

    private static final Logger LOG = Logger.getLogger(KafkaTurn.class);

    /** What became of one try, or of one record that was sent. */
    private sealed interface Step {

        record Confirmed() implements Step {}

        record GivenUp(DeadLetter reason) implements Step {}

        record Again(DeadLetter reason, Optional<Duration> pause) implements Step {}

        /** The clients were closed, and others read the record again. */
        record Gone() implements Step {}
    }

    /**
     * Works on the record; false if the worker drains before the record is settled.
     *
     * @param takes how many workers have taken the record as their first, this one included
     */
    boolean take(ConsumerRecord<byte[], byte[]> asked, int takes) {
        return takes > work.tries() ? bury(asked, DeadLetter.worn(takes - 1)) : take(asked);
    }

    private boolean take(ConsumerRecord<byte[], byte[]> asked) {
        for (int tries = 1; ; tries++) {
            switch (attempt(asked, tries)) {
                case Step.Confirmed _ -> {
                    work.meters().settled(Outcome.ANSWERED);
                    return true;
                }
                case Step.GivenUp(DeadLetter reason) -> {
                    return bury(asked, reason);
                }
                case Step.Gone _ -> {
                    return left();
                }
                case Step.Again(DeadLetter reason, Optional<Duration> pause) -> {
                    if (tries >= work.tries() && !work.inFlight().draining()) {
                        return bury(asked, reason);
                    }
                    if (!pause(tries, pause)) {
                        return left();
                    }
                }
            }
        }
    }

    private Step attempt(ConsumerRecord<byte[], byte[]> asked, int tries) {
        return switch (work.exchange().apply(() -> KafkaBinding.read(asked))) {
            case Exchanged.Answered(Message reply) ->
                send(KafkaBinding.reply(settings.targets().replies(), asked, reply), tries);
            case Exchanged.Refused refused -> new Step.GivenUp(DeadLetter.of(refused.problem(), tries));
            case Exchanged.Passing passing -> new Step.Again(DeadLetter.of(passing.problem(), tries), passing.pause());
        };
    }

    /** Goes on until the dead letter is confirmed, because nothing may be lost. */
    private boolean bury(ConsumerRecord<byte[], byte[]> asked, DeadLetter letter) {
        String topic = settings.targets().deadLetters();
        for (int tries = 1; ; tries++) {
            switch (send(KafkaBinding.buried(topic, asked, letter), tries)) {
                case Step.Confirmed _ -> {
                    work.meters().settled(Outcome.DEAD_LETTER);
                    return true;
                }
                case Step.Gone _ -> {
                    return left();
                }
                case Step.Again again -> complain(asked, again.reason());
                case Step.GivenUp givenUp -> complain(asked, givenUp.reason());
            }
            if (!pause(tries, Optional.empty())) {
                return left();
            }
        }
    }

    private static void complain(ConsumerRecord<byte[], byte[]> asked, DeadLetter why) {
        LOG.errorf(
                "The dead letter of %s-%d, offset %d, is sent again. %s",
                asked.topic(), asked.partition(), asked.offset(), why.detail());
    }

    private boolean pause(int failed, Optional<Duration> least) {
        work.meters().retried();
        return work.pauses().pause(Pauses.after(failed, least));
    }

    private boolean left() {
        work.meters().settled(Outcome.RETURNED);
        return false;
    }

    private Step send(ProducerRecord<byte[], byte[]> message, int tries) {
        try {
            sending.send(message).get();
            return new Step.Confirmed();
        } catch (ExecutionException e) {
            return failed(message, e.getCause(), tries);
        } catch (KafkaException e) {
            return failed(message, e, tries);
        } catch (IllegalStateException e) {
            return new Step.Gone();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Step.Gone();
        }
    }

    private static Step failed(ProducerRecord<byte[], byte[]> message, Throwable cause, int tries) {
        DeadLetter reason = DeadLetter.unroutable(
                "The topic %s does not take the record: %s".formatted(message.topic(), cause.getMessage()), tries);
        return cause instanceof RetriableException
                ? new Step.Again(reason, Optional.empty())
                : new Step.GivenUp(reason);
    }
}
