package dev.headroom.dispatcher;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A trigger's dispatcher, as Knative's brokers have one: so many events at a time, each sent until it is handled, must not be
 * sent again, or has been sent as often as the delivery allows; what was not handled goes to the dead letter sink.
 */
final class Dispatcher {

    private static final int LONGEST_ERROR_DATA = 1024;

    private final Subscriber subscriber;
    private final DeliverySpec delivery;
    private final double haste;
    private final Ledger ledger;

    /** An event, and the mode in which it is sent. */
    record Letter(CloudEvent event, HttpBinding mode) {}

    /**
     * A dispatcher.
     *
     * @param haste how many times shorter the pauses are than the delivery says, for a test that does not want to wait
     */
    Dispatcher(Subscriber subscriber, DeliverySpec delivery, double haste, Ledger ledger) {
        this.subscriber = subscriber;
        this.delivery = delivery;
        this.haste = haste;
        this.ledger = ledger;
    }

    /** Delivers them all, so many at a time, and returns once each has been replied to, handled or given up. */
    void dispatch(Iterator<Letter> letters, int parallelism) {
        try (ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < parallelism; i++) {
                workers.submit(() -> work(letters));
            }
        }
    }

    private void work(Iterator<Letter> letters) {
        try {
            while (true) {
                Letter letter;
                synchronized (letters) {
                    if (!letters.hasNext()) {
                        return;
                    }
                    letter = letters.next();
                }
                deliver(letter);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error e) {
            ledger.broke(e);
        }
    }

    private void deliver(Letter letter) throws InterruptedException {
        for (int retries = 0; true; retries++) {
            Outcome outcome = subscriber.send(letter.event(), letter.mode());
            ledger.tried(outcome);
            switch (outcome) {
                case Outcome.Replied(CloudEvent reply) -> {
                    ledger.replied(letter.event(), reply, retries);
                    return;
                }
                case Outcome.Handled _ -> {
                    ledger.handled(letter.event());
                    return;
                }
                case Outcome.Failed failed -> {
                    if (!DeliverySpec.retries(failed.status()) || retries == delivery.retry()) {
                        ledger.dead(dead(letter.event(), failed));
                        return;
                    }
                    Duration pause = delivery.pause(retries, failed);
                    Thread.sleep(Duration.ofNanos((long) (pause.toNanos() / haste)));
                }
            }
        }
    }

    /** The event as the dead letter sink gets it. */
    private CloudEvent dead(CloudEvent event, Outcome.Failed failed) {
        String data = Base64.getEncoder().encodeToString(failed.body().getBytes(StandardCharsets.UTF_8));
        return event.with(Map.of(
                "knativeerrordest", subscriber.address().get().toString(),
                "knativeerrorcode", Integer.toString(failed.status()),
                "knativeerrordata", data.substring(0, Math.min(data.length(), LONGEST_ERROR_DATA))));
    }
}
