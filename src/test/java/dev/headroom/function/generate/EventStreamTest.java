package dev.headroom.function.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headroom.function.Problem;
import dev.headroom.function.RequestEnd;
import dev.headroom.function.body.AnswerSent;
import dev.headroom.function.body.RequestMemory;
import dev.headroom.function.generate.ScriptedTextModel.Running;
import dev.headroom.request.Failure;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A stream on a real connection, of sequences that the test continues. */
@Timeout(60)
class EventStreamTest {

    private static final Duration LONG = Duration.ofMinutes(5);

    private final Vertx vertx = Vertx.vertx();
    private final ScriptedTextModel model = new ScriptedTextModel();
    private final RequestMemory ofAll = new RequestMemory(1 << 30);
    private final TextMemory memory = TextMemory.stream(ofAll.share());
    private StreamLimits limits = new StreamLimits(LONG, LONG, 100_000);
    private Socket caller;

    /** Writes each event as a word. */
    private static final class Words implements StreamForm {

        @Override
        public void tell(Told told, EventBytes to) {
            to.word(
                    switch (told) {
                        case Told.Text text -> text.index() + text.text();
                        case Told.Ended ended -> ended.index() + "ended";
                        case Told.Failed _ -> throw new IllegalStateException();
                    });
        }

        @Override
        public void end(EventBytes to) {
            to.word("DONE");
        }

        @Override
        public void fail(Failure failure, Problem problem, EventBytes to) {
            to.word("failed " + problem.status());
        }
    }

    @BeforeEach
    void call() throws IOException {
        Router router = Router.router(vertx);
        router.route().handler(this::stream);
        router.route()
                .failureHandler(context -> context.response().setStatusCode(503).end());
        HttpServer server = vertx.createHttpServer().requestHandler(router);
        int port = server.listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .join()
                .actualPort();
        caller = new Socket();
        caller.setReceiveBufferSize(4096);
        caller.connect(new InetSocketAddress("127.0.0.1", port));
    }

    @AfterEach
    void close() throws IOException {
        caller.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    private void stream(RoutingContext context) {
        AnswerSent.begin(context, LONG);
        EventStream events =
                EventStream.begin(context, new EventStream.Form(new Words(), 2, new ObjectMapper(), memory), limits);
        RequestEnd.follow(context, RunningSequences.start(model.generation(2), memory, events)::cancel);
    }

    private Running ask() throws IOException, InterruptedException {
        caller.getOutputStream()
                .write("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        return model.admitted.take();
    }

    /** Reads until this has come, or the connection ends. */
    private String readTo(String last) throws IOException {
        InputStream in = caller.getInputStream();
        StringBuilder read = new StringBuilder();
        while (read.indexOf(last) < 0) {
            int next = in.read();
            if (next < 0) {
                return read.toString();
            }
            read.append((char) next);
        }
        return read.toString();
    }

    @Test
    void tellsOfSequencesInTheirOrderAndEndsAfterTheLast() throws Exception {
        Running first = ask();
        Running second = model.admitted.take();
        second.says("b");
        first.says("a");
        first.ends();
        second.ends();
        String answer = readTo("DONE");
        assertTrue(answer.startsWith("HTTP/1.1 200 "), answer);
        assertTrue(answer.indexOf("data: 1b") < answer.indexOf("data: 0a"), answer);
        assertTrue(answer.indexOf("data: 0ended") < answer.indexOf("data: 1ended"), answer);
        assertTrue(answer.endsWith("data: DONE"), answer);
    }

    @Test
    void aFailureBeforeTheFirstEventIsAStatus() throws Exception {
        ask().listener().failed(Failure.Unavailable.closing());
        String answer = readTo("\r\n\r\n");
        assertTrue(answer.startsWith("HTTP/1.1 503 "), answer);
    }

    @Test
    void aFailureAfterwardsIsAnEventAndTheLast() throws Exception {
        Running first = ask();
        first.says("a");
        readTo("data: 0a");
        first.listener().failed(Failure.Unavailable.closing());
        String rest = readTo("DONE");
        assertTrue(rest.contains("data: failed 503"), rest);
        assertFalse(rest.contains("DONE"), rest);
        model.admitted.take().cancelled().await();
    }

    @Test
    void aCallerThatHangsUpEndsItsSequences() throws Exception {
        Running first = ask();
        first.says("a");
        readTo("data: 0a");
        caller.close();
        first.cancelled().await();
        model.admitted.take().cancelled().await();
    }

    @Test
    void aCallerThatHangsUpBeforeTheFirstEventEndsItsSequences() throws Exception {
        Running first = ask();
        caller.close();
        first.cancelled().await();
    }

    @Test
    void aCallerThatTakesNothingForTooLongLosesTheConnection() throws Exception {
        limits = new StreamLimits(LONG, Duration.ofMillis(200), 100_000);
        Running first = ask();
        String text = "x".repeat(1 << 20);
        for (int i = 0; i < 32; i++) { // more than the system's buffers hold
            first.says(text);
        }
        first.cancelled().await();
    }

    @Test
    void aCallerForWhomTooMuchWaitsLosesTheConnection() throws Exception {
        limits = new StreamLimits(LONG, LONG, 16);
        Running first = ask();
        String text = "x".repeat(1 << 20);
        for (int i = 0; i < 100 && first.cancelled().getCount() > 0; i++) {
            first.says(text);
        }
        first.cancelled().await();
    }

    @Test
    void aCallerThatReadsLateGetsAllOfIt() throws Exception {
        Running first = ask();
        String text = "x".repeat(1 << 20);
        for (int i = 0; i < 16; i++) {
            first.says(text);
        }
        first.ends();
        model.admitted.take().ends();
        readTo("\r\n\r\n");
        String body = new String(caller.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        long told = body.chars().filter(c -> c == 'x').count();
        assertEquals(16L << 20, told);
        assertEquals(2 * 4100, ofAll.taken(), "what is written is given back");
    }

    @Test
    void aCommentKeepsASilentConnectionOpen() throws Exception {
        limits = new StreamLimits(Duration.ofMillis(50), LONG, 100);
        ask();
        assertTrue(readTo(": keep-alive\n\n").endsWith(": keep-alive\n\n"));
    }
}
