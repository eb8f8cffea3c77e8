package dev.headroom.dispatcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.dispatcher.DeliverySpec.BackoffPolicy;
import dev.headroom.dispatcher.Dispatcher.Letter;
import dev.headroom.dispatcher.ScriptedSubscriber.Answer;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The dispatcher against what Knative publishes of its own, before a real server. */
@Timeout(60)
class DispatcherTest {

    private static final double AT_ONCE = 1e6;
    private static final Duration LONG = Duration.ofSeconds(30);

    private static final Map<String, String> REPLY = Map.of(
            "ce-specversion", "1.0",
            "ce-id", "2",
            "ce-source", "a%20place",
            "ce-type", "answer",
            "Content-Type", "application/json");

    private final Ledger ledger = new Ledger();

    private static DeliverySpec delivery(int retry) {
        return new DeliverySpec(
                retry, BackoffPolicy.EXPONENTIAL, Duration.ofMillis(500), Optional.empty(), Optional.empty());
    }

    private static CloudEvent event(int id) {
        return CloudEvent.asking(Integer.toString(id), "question", "application/json", "{\"a\":1}");
    }

    private void dispatch(Supplier<URI> address, int retry, HttpBinding mode) {
        new Dispatcher(new Subscriber(address, LONG), delivery(retry), AT_ONCE, ledger)
                .dispatch(List.of(new Letter(event(1), mode)).iterator(), 1);
        assertEquals(List.of(), ledger.broken());
    }

    private String deathCode() {
        assertEquals(1, ledger.deadLetters("1").size(), ledger.toString());
        return ledger.deadLetters("1").getFirst().attributes().get("knativeerrorcode");
    }

    @ParameterizedTest
    @ValueSource(ints = {404, 408, 409, 429, 500, 501, 502, 503, 504, 599})
    void whatMayPassIsTriedAgain(int status) throws IOException {
        try (ScriptedSubscriber subscriber = new ScriptedSubscriber(Answer.of(status), Answer.of(status))) {
            dispatch(subscriber::address, 5, HttpBinding.BINARY);
            assertEquals(3, subscriber.heard.size());
            assertEquals(1, ledger.handled());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 304, 400, 401, 403, 405, 406, 410, 413, 415, 417, 422, 431})
    void whatWillNotPassGoesToTheDeadLetterSinkAtOnce(int status) throws IOException {
        try (ScriptedSubscriber subscriber = new ScriptedSubscriber(Answer.of(status))) {
            dispatch(subscriber::address, 5, HttpBinding.BINARY);
            assertEquals(1, subscriber.heard.size());
            assertEquals(Integer.toString(status), deathCode());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 202, 204})
    void whatIsHandledWithoutAReplyIsOver(int status) throws IOException {
        try (ScriptedSubscriber subscriber = new ScriptedSubscriber(Answer.of(status))) {
            dispatch(subscriber::address, 5, HttpBinding.BINARY);
            assertEquals(1, subscriber.heard.size());
            assertEquals(1, ledger.handled());
        }
    }

    @Test
    void whereNobodyAnswersItIsTriedAgain() throws IOException {
        try (ScriptedSubscriber gone = new ScriptedSubscriber();
                ScriptedSubscriber next = new ScriptedSubscriber()) {
            gone.vanish();
            AtomicInteger lookUps = new AtomicInteger();
            dispatch(() -> lookUps.incrementAndGet() < 4 ? gone.address() : next.address(), 5, HttpBinding.BINARY);
            assertEquals(1, ledger.handled(), ledger.toString());
        }
    }

    @Test
    void whatIsGivenUpSaysWhereAndWhy() throws IOException {
        Answer[] busy = Collections.nCopies(4, Answer.of(503)).toArray(Answer[]::new);
        try (ScriptedSubscriber subscriber = new ScriptedSubscriber(busy)) {
            dispatch(subscriber::address, 3, HttpBinding.BINARY);
            assertEquals(4, subscriber.heard.size(), "the first try and three more");
            assertEquals("503", deathCode());
            CloudEvent dead = ledger.deadLetters("1").getFirst();
            assertEquals(subscriber.address().toString(), dead.attributes().get("knativeerrordest"));
            assertEquals("", dead.attributes().get("knativeerrordata"));
            assertEquals(event(1).text(), dead.text(), "it is the event itself");
        }
    }

    @Test
    void aBodyThatIsNoEventIsABadGatewayWhateverItsStatus() throws IOException {
        Answer plain = new Answer(400, Map.of("Content-Type", "application/problem+json"), "{}");
        try (ScriptedSubscriber subscriber = new ScriptedSubscriber(plain, plain)) {
            dispatch(subscriber::address, 1, HttpBinding.BINARY);
            assertEquals(2, subscriber.heard.size(), "a permanent failure is tried again");
            assertEquals("502", deathCode());
        }
    }

    @Test
    void aReplyThatLacksAnAttributeIsABadGateway() throws IOException {
        Answer broken = new Answer(200, Map.of("ce-specversion", "1.0", "ce-id", "2"), "{}");
        try (ScriptedSubscriber subscriber = new ScriptedSubscriber(broken)) {
            dispatch(subscriber::address, 0, HttpBinding.BINARY);
            assertEquals("502", deathCode());
        }
    }

    @Test
    void aReplyIsUnderstoodInBothModes() throws IOException {
        String structured =
                "{\"specversion\":\"1.0\",\"id\":\"2\",\"source\":\"a place\",\"type\":\"answer\",\"data\":{\"b\":2}}";
        List<Answer> modes = List.of(
                new Answer(200, REPLY, "{\"b\":2}"),
                new Answer(200, Map.of("Content-Type", "application/cloudevents+json; charset=UTF-8"), structured));
        try (ScriptedSubscriber subscriber = new ScriptedSubscriber(modes.toArray(Answer[]::new))) {
            dispatch(subscriber::address, 0, HttpBinding.BINARY);
            dispatch(subscriber::address, 0, HttpBinding.BINARY);
            assertEquals(2, ledger.replies("1").size());
            for (CloudEvent reply : ledger.replies("1")) {
                assertEquals("{\"b\":2}", reply.text());
                assertEquals("a place", reply.attributes().get("source"));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(HttpBinding.class)
    void anEventIsSentInItsModeAndAsksForAReply(HttpBinding mode) throws IOException {
        try (ScriptedSubscriber subscriber = new ScriptedSubscriber()) {
            dispatch(subscriber::address, 0, mode);
            ScriptedSubscriber.Heard heard = subscriber.heard.getFirst();
            assertEquals("reply", heard.headers().getFirst("Prefer"));
            boolean binary = mode == HttpBinding.BINARY;
            assertEquals(binary ? "question" : null, heard.headers().getFirst("ce-type"));
            assertEquals(
                    binary ? "application/json" : HttpBinding.STRUCTURED_TYPE,
                    heard.headers().getFirst("Content-Type"));
            assertTrue(heard.body().contains(binary ? "{\"a\":1}" : "\"data\":{\"a\":1}"), heard.body());
        }
    }

    @Test
    void asManyEventsAsItsParallelismAreUnderWay() throws IOException {
        int parallelism = 7;
        CyclicBarrier together = new CyclicBarrier(parallelism); // fewer would wait for ever
        AtomicInteger here = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        Runnable whileAnswering = () -> {
            most.accumulateAndGet(here.incrementAndGet(), Math::max);
            try {
                together.await();
            } catch (InterruptedException | BrokenBarrierException e) {
                throw new IllegalStateException(e);
            }
            here.decrementAndGet();
        };
        try (ScriptedSubscriber subscriber = new ScriptedSubscriber(whileAnswering)) {
            Iterator<Letter> letters = IntStream.range(0, 10 * parallelism)
                    .mapToObj(id -> new Letter(event(id), HttpBinding.BINARY))
                    .iterator();
            new Dispatcher(new Subscriber(subscriber::address, LONG), delivery(0), AT_ONCE, ledger)
                    .dispatch(letters, parallelism);
            assertEquals(10 * parallelism, ledger.handled());
            assertEquals(parallelism, most.get());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "EXPONENTIAL, , '500, 1000, 2000, 4000, 8000'",
        "EXPONENTIAL, 3000, '500, 1000, 2000, 3000, 3000'",
        "LINEAR, , '0, 500, 1000, 1500, 2000'",
        "LINEAR, 1200, '0, 500, 1000, 1200, 1200'",
    })
    void pausesGrowAsKnativeHasThem(BackoffPolicy policy, Long mostMillis, String millis) {
        DeliverySpec delivery = new DeliverySpec(
                9,
                policy,
                Duration.ofMillis(500),
                Optional.ofNullable(mostMillis).map(Duration::ofMillis),
                Optional.empty());
        List<String> pauses = IntStream.range(0, 5)
                .mapToObj(retries -> delivery.pause(retries, Outcome.Failed.unanswered("")))
                .map(pause -> Long.toString(pause.toMillis()))
                .toList();
        assertEquals(millis, String.join(", ", pauses));
    }

    @ParameterizedTest
    @CsvSource({
        "503, 5, 30, 5000", // as long as asked
        "429, 5, 30, 5000",
        "503, 60, 30, 30000", // but no longer than allowed
        "503, 5, , 1000", // where it is not allowed, not at all
        "503, 5, 0, 1000",
        "500, 5, 30, 1000", // of other statuses it is not heard
        "503, , 30, 1000",
    })
    void retryAfterIsHeededWithinItsBounds(int status, Long asked, Long most, long millis) {
        DeliverySpec delivery = new DeliverySpec(
                9,
                BackoffPolicy.EXPONENTIAL,
                Duration.ofMillis(500),
                Optional.empty(),
                Optional.ofNullable(most).map(Duration::ofSeconds));
        Outcome.Failed failed =
                new Outcome.Failed(status, Optional.ofNullable(asked).map(Duration::ofSeconds), "");
        assertEquals(Duration.ofMillis(millis), delivery.pause(1, failed));
    }
}
