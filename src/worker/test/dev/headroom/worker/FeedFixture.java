package dev.headroom.worker;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headroom.function.Problem;
import dev.headroom.function.event.Exchanged;
import dev.headroom.function.event.Message;
import dev.headroom.request.Failure;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.function.Supplier;

/** What tests of feeds share: an exchange that answers as it is told, and the events to send. */
final class FeedFixture {

    static final ObjectMapper JSON = new ObjectMapper();

    private FeedFixture() {}

    /** The text of a message, answered by itself. */
    static Exchanged echo(Message asked) {
        return new Exchanged.Answered(new Message(
                Map.of("id", "r", "causationid", asked.attributes().getOrDefault("id", "")),
                "text/plain",
                asked.body()));
    }

    static Exchanged passing() {
        return new Exchanged.Passing(
                Problem.of(Failure.Unavailable.closing(), Problem.newInstance()), Optional.empty());
    }

    static Work work(int tries, Function<Supplier<Message>, Exchanged> exchange) {
        return Work.of(exchange, new WorkerMeters(new SimpleMeterRegistry(), "test"), tries);
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Waits until the condition holds; the time-out of a test interrupts it. */
    static void await(Callable<Boolean> condition) throws Exception {
        while (!condition.call()) {
            if (Thread.interrupted()) {
                throw new InterruptedException("It was waited for in vain");
            }
            Thread.yield();
        }
    }
}
