package dev.headroom.function.body;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.Router;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongPredicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Answers of a real server to callers who read them, and to callers who do not. */
@Timeout(60)
class AnswerSentTest {

    /** More than sockets buffer. */
    private static final byte[] LARGE = new byte[20_000_000];

    private static final long MOST = 100_000_000;

    private final RequestMemory memory = new RequestMemory(MOST);
    private Duration longest = Duration.ofMillis(300);
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private Vertx vertx;
    private HttpServer server;

    @BeforeEach
    void listen() throws Exception {
        vertx = Vertx.vertx();
        Router router = Router.router(vertx);
        router.route().handler(context -> {
            byte[] answer = context.request().path().equals("/large") ? LARGE : new byte[10];
            AnswerSent.begin(context, longest);
            memory.share(context).take(answer.length);
            context.response().end(Buffer.buffer(answer));
            if (context.request().path().equals("/closed")) {
                context.request().connection().close();
                ended.complete(null);
            }
        });
        server = get(vertx.createHttpServer().requestHandler(router).listen(0));
    }

    @AfterEach
    void close() throws Exception {
        get(vertx.close());
    }

    private static <T> T get(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get();
    }

    private void awaitTaken(LongPredicate bytes) throws InterruptedException {
        while (!bytes.test(memory.taken())) {
            if (Thread.interrupted()) {
                throw new InterruptedException("still taken: " + memory.taken());
            }
            Thread.yield();
        }
    }

    private HttpClient client(HttpVersion version) {
        return vertx.createHttpClient(
                new HttpClientOptions().setProtocolVersion(version).setHttp2ClearTextUpgrade(false));
    }

    private HttpClientResponse ask(HttpClient client, String path) throws Exception {
        CompletableFuture<HttpClientResponse> answer = new CompletableFuture<>();
        client.request(HttpMethod.GET, server.actualPort(), "localhost", path)
                .compose(request -> request.send().onSuccess(response -> {
                    response.pause();
                    answer.complete(response);
                }))
                .onFailure(answer::completeExceptionally);
        return answer.get();
    }

    @ParameterizedTest
    @EnumSource(value = HttpVersion.class, names = "HTTP_1_0", mode = EnumSource.Mode.EXCLUDE)
    void whatAnAnswerTakesComesBackOnceItHasBeenRead(HttpVersion version) throws Exception {
        longest = Duration.ofMinutes(1);
        HttpClientResponse response = ask(client(version), "/large");
        assertTrue(memory.taken() >= LARGE.length, "it is on its way");
        Future<Buffer> body = response.body();
        response.resume();
        assertEquals(LARGE.length, get(body).length());
        awaitTaken(bytes -> bytes == 0);
    }

    @Test
    void aConnectionWhoseCallerDoesNotReadIsClosed() throws Exception {
        try (Socket socket = new Socket("localhost", server.actualPort())) {
            socket.getOutputStream()
                    .write("GET /large HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            awaitTaken(bytes -> bytes >= LARGE.length);
            awaitTaken(bytes -> bytes == 0);
            assertTrue(socket.getInputStream().readAllBytes().length < LARGE.length);
        }
    }

    @Test
    void aStreamWhoseCallerDoesNotReadIsResetAndOthersGoOn() throws Exception {
        HttpClient client = client(HttpVersion.HTTP_2);
        HttpClientResponse unread = ask(client, "/large");
        CompletableFuture<Throwable> reset = new CompletableFuture<>();
        unread.exceptionHandler(reset::complete);
        awaitTaken(bytes -> bytes == 0);
        HttpClientResponse other = ask(client, "/small");
        Future<Buffer> body = other.body();
        other.resume();
        assertEquals(10, get(body).length());
        unread.resume();
        assertTrue(reset.get().getMessage().contains("reset"), reset.get().toString());
    }

    @ParameterizedTest
    @EnumSource(value = HttpVersion.class, names = "HTTP_1_0", mode = EnumSource.Mode.EXCLUDE)
    void whatAnAnswerTakesComesBackWhereItsConnectionClosesMeanwhile(HttpVersion version) throws Exception {
        client(version)
                .request(HttpMethod.GET, server.actualPort(), "localhost", "/closed")
                .onSuccess(HttpClientRequest::end);
        ended.get();
        awaitTaken(bytes -> bytes == 0);
    }
}
