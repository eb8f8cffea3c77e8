package dev.headroom.function;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.function.body.AnswerSent;
import dev.headroom.function.body.RequestMemory;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The end of requests to a real server, whoever begins to follow it when. */
@Timeout(30)
class RequestEndTest {

    private Vertx vertx;
    private HttpServer server;
    private final CompletableFuture<RoutingContext> arrived = new CompletableFuture<>();
    private final CompletableFuture<Void> closed = new CompletableFuture<>();
    private Consumer<RoutingContext> handler = context -> {};

    /** How callers leave. */
    enum Leaving {
        CLOSE_HTTP_1(HttpVersion.HTTP_1_1),
        CLOSE_HTTP_2(HttpVersion.HTTP_2),
        RESET_HTTP_2(HttpVersion.HTTP_2);

        private final HttpVersion version;

        Leaving(HttpVersion version) {
            this.version = version;
        }

        void leave(HttpClientRequest request) {
            if (this == RESET_HTTP_2) {
                request.reset();
            } else {
                request.connection().close();
            }
        }
    }

    @BeforeEach
    void listen() throws Exception {
        vertx = Vertx.vertx();
        Router router = Router.router(vertx);
        router.route().handler(context -> {
            handler.accept(context);
            arrived.complete(context);
        });
        server = get(vertx.createHttpServer()
                .requestHandler(request -> {
                    request.response().closeHandler(over -> closed.complete(null));
                    request.response().exceptionHandler(over -> closed.complete(null));
                    router.handle(request);
                })
                .listen(0));
    }

    @AfterEach
    void close() throws Exception {
        get(vertx.close());
    }

    private static <T> T get(io.vertx.core.Future<T> future) throws ExecutionException, InterruptedException {
        return future.toCompletionStage().toCompletableFuture().get();
    }

    private HttpClientRequest send(HttpVersion version) throws Exception {
        HttpClientRequest request = get(vertx.createHttpClient(
                        new HttpClientOptions().setProtocolVersion(version).setHttp2ClearTextUpgrade(false))
                .request(HttpMethod.POST, server.actualPort(), "localhost", "/"));
        request.setChunked(true);
        get(request.sendHead());
        return request;
    }

    @ParameterizedTest
    @EnumSource
    void whoBeginsToFollowBeforeTheCallerLeavesIsTold(Leaving how) throws Exception {
        CompletableFuture<Boolean> answered = new CompletableFuture<>();
        handler = context -> RequestEnd.follow(context, answered::complete);
        HttpClientRequest request = send(how.version);
        arrived.get();
        how.leave(request);
        assertFalse(answered.get());
    }

    @ParameterizedTest
    @EnumSource
    void whoBeginsToFollowAfterTheCallerHasLeftIsToldAtOnce(Leaving how) throws Exception {
        HttpClientRequest request = send(how.version);
        RoutingContext context = arrived.get();
        how.leave(request);
        closed.get();
        CompletableFuture<Boolean> answered = new CompletableFuture<>();
        CompletableFuture<Void> later = new CompletableFuture<>();
        context.vertx()
                .runOnContext(now -> vertx.setTimer(1, soon -> {
                    RequestEnd.follow(context, answered::complete);
                    later.complete(null);
                }));
        later.get();
        assertFalse(answered.get(5, TimeUnit.SECONDS));
    }

    @ParameterizedTest
    @EnumSource(value = HttpVersion.class, names = "HTTP_1_0", mode = EnumSource.Mode.EXCLUDE)
    void anAnswerIsAnEndThatAllAreToldOnce(HttpVersion version) throws Exception {
        StringBuilder told = new StringBuilder();
        handler = context -> {
            RequestEnd.follow(context, answered -> told.append("first ").append(answered));
            RequestEnd.follow(context, () -> told.append(", second"));
            context.response().end("done");
            RequestEnd.follow(context, answered -> told.append(", late ").append(answered));
        };
        HttpClientRequest request = send(version);
        assertEquals(200, get(request.response()).statusCode());
        arrived.get();
        assertTrue(told.toString().contains("late true"), told.toString());
        assertEquals("first true, second, late true".length(), told.length(), told.toString());
    }

    @Test
    void memoryOfARequestWhoseCallerHasLeftIsNotTaken() throws Exception {
        HttpClientRequest request = send(HttpVersion.HTTP_1_1);
        RoutingContext context = arrived.get();
        Leaving.CLOSE_HTTP_1.leave(request);
        closed.get();
        RequestMemory memory = new RequestMemory(1_000_000);
        AnswerSent.begin(context, Duration.ofSeconds(30));
        RequestMemory.Share share = memory.share(context);
        share.take(100_000);
        assertEquals(0, memory.taken());
        assertFalse(share.retain());
    }
}
