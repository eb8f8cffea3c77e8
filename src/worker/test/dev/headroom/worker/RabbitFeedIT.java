package dev.headroom.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.GetResponse;
import dev.headroom.function.event.Exchanged;
import dev.headroom.function.event.Message;
import dev.headroom.worker.RabbitSettings.Target;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A feed at a real broker, with an exchange that answers as the test wants. */
@Timeout(60)
class RabbitFeedIT {

    private static final AtomicInteger QUEUES = new AtomicInteger();

    private final String queue = "feed-" + QUEUES.incrementAndGet();
    private final AtomicInteger prefetch = new AtomicInteger(2);
    private Connection connection;
    private Channel channel;
    private Optional<RabbitFeed> feed = Optional.empty();

    @BeforeEach
    void connect() throws Exception {
        connection = RabbitNode.shared().factory().newConnection();
        channel = connection.createChannel();
        channel.queueDeclare(queue + "-replies", true, false, false, Map.of());
        channel.queueDeclare(queue + "-dead", true, false, false, Map.of());
    }

    @AfterEach
    void end() throws Exception {
        feed.ifPresent(RabbitFeed::drain);
        feed.ifPresent(open -> open.end(Duration.ofSeconds(5)));
        if (connection != null) {
            connection.close();
        }
    }

    private void start(String type, Function<Supplier<Message>, Exchanged> exchange) throws Exception {
        channel.queueDeclare(queue, true, false, false, Map.of("x-queue-type", type));
        RabbitSettings settings = new RabbitSettings(
                RabbitNode.shared().factory(),
                queue,
                Optional.of(new Target("", queue + "-replies")),
                new Target("", queue + "-dead"));
        feed = Optional.of(new RabbitFeed(settings, FeedFixture.work(3, exchange), prefetch::get));
        feed.get().start();
    }

    private void send(String text, BasicProperties properties) throws Exception {
        channel.basicPublish("", queue, properties, FeedFixture.bytes(text));
    }

    private GetResponse next(String from) throws Exception {
        GetResponse[] got = new GetResponse[1];
        FeedFixture.await(() -> (got[0] = channel.basicGet(from, true)) != null);
        return got[0];
    }

    private static String header(GetResponse message, String name) {
        return String.valueOf(message.getProps().getHeaders().get(name));
    }

    @Test
    void takesAsManyAtATimeAsThePlanHasItNow() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        start("quorum", message -> {
            try {
                end.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return FeedFixture.echo(message.get());
        });
        for (int i = 0; i < 10; i++) {
            send("a", new BasicProperties());
        }
        FeedFixture.await(() -> feed.get().inFlight() == 2);
        prefetch.set(5); // the old consumer's two stay, and the new one takes five
        FeedFixture.await(() -> feed.get().inFlight() == 7);
        assertEquals(3, channel.messageCount(queue));
        end.countDown();
        for (int i = 0; i < 10; i++) {
            next(queue + "-replies");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"classic", "quorum"})
    void whatFailsInPassingIsTriedAgainAndThenBuried(String type) throws Exception {
        AtomicInteger tries = new AtomicInteger();
        start(type, message -> {
            message.get();
            tries.incrementAndGet();
            return FeedFixture.passing();
        });
        send("a", new BasicProperties.Builder().messageId("mine").build());
        GetResponse dead = next(queue + "-dead");
        assertEquals("unavailable", header(dead, DeadLetter.REASON));
        assertEquals(queue, header(dead, "headroom-routing-key"));
        assertEquals("mine", dead.getProps().getMessageId());
        assertEquals(3, tries.get());
        FeedFixture.await(() -> feed.get().inFlight() == 0);
        assertEquals(0, channel.messageCount(queue));
    }

    @ParameterizedTest
    @ValueSource(strings = {"classic", "quorum"})
    void aMessageThatEndsItsWorkersIsBuriedInTheEnd(String type) throws Exception {
        channel.queueDeclare(queue, true, false, false, Map.of("x-queue-type", type));
        send("a", new BasicProperties());
        AtomicInteger tries = new AtomicInteger();
        start(type, message -> {
            tries.incrementAndGet();
            message.get();
            feed.get().breakConnection();
            return FeedFixture.echo(message.get());
        });
        GetResponse dead = next(queue + "-dead");
        assertEquals("tries", header(dead, DeadLetter.REASON));
        // a classic queue's copy may be delivered before the original is acknowledged, so that both come back
        assertTrue(type.equals("classic") ? tries.get() >= 3 : tries.get() == 3, tries::toString);
    }

    @Test
    void anAnswerThatNoQueueTakesIsBuriedWithItsReason() throws Exception {
        start("classic", message -> FeedFixture.echo(message.get()));
        send("a", new BasicProperties.Builder().replyTo("nobody").build());
        GetResponse dead = next(queue + "-dead");
        assertEquals("unroutable", header(dead, DeadLetter.REASON));
        assertTrue(header(dead, DeadLetter.DETAIL).contains("'nobody'"), header(dead, DeadLetter.DETAIL));
    }

    @Test
    void answersGoToReplyToInTheProtocolsBinding() throws Exception {
        String own = channel.queueDeclare().getQueue();
        start("classic", message -> FeedFixture.echo(message.get()));
        send(
                "a",
                new BasicProperties.Builder()
                        .replyTo(own)
                        .correlationId("c")
                        .headers(Map.of("cloudEvents_id", "7"))
                        .build());
        GetResponse reply = next(own);
        assertEquals("7", header(reply, "cloudEvents:causationid"));
        assertEquals("c", reply.getProps().getCorrelationId());
    }

    @Test
    void nothingIsTakenOnceItDrainsAndAllIsGivenBack() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        Set<String> asked = ConcurrentHashMap.newKeySet();
        start("quorum", message -> {
            asked.add(new String(message.get().body()));
            try {
                end.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return FeedFixture.echo(message.get());
        });
        for (int i = 0; i < 6; i++) {
            send(Integer.toString(i), new BasicProperties());
        }
        FeedFixture.await(() -> feed.get().inFlight() == 2);
        feed.get().drain();
        end.countDown();
        feed.get().end(Duration.ofSeconds(10));
        assertEquals(2, asked.size());
        assertEquals(2, channel.messageCount(queue + "-replies"));
        FeedFixture.await(() -> channel.messageCount(queue) == 4);
    }

    @Test
    void aStreamIsRefused() throws Exception {
        start("stream", message -> FeedFixture.echo(message.get()));
        FeedFixture.await(() -> feed.get().trouble().isEmpty());
        send("a", new BasicProperties());
        FeedFixture.await(() -> feed.get()
                .trouble()
                .filter(reason -> reason.contains("is a stream"))
                .isPresent());
    }

    @Test
    void aMissingQueueIsToldAndWaitedFor() throws Exception {
        RabbitSettings settings = new RabbitSettings(
                RabbitNode.shared().factory(), queue, Optional.empty(), new Target("", queue + "-dead"));
        feed = Optional.of(
                new RabbitFeed(settings, FeedFixture.work(3, message -> FeedFixture.echo(message.get())), () -> 1));
        feed.get().start();
        FeedFixture.await(() ->
                feed.get().trouble().filter(reason -> reason.contains(queue)).isPresent());
        channel.queueDeclare(queue, true, false, false, Map.of());
        FeedFixture.await(() -> feed.get().trouble().isEmpty());
    }
}
