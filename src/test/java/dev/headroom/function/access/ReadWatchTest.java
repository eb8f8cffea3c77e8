package dev.headroom.function.access;

import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.headroom.function.RequestEnd;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

@QuarkusTest
class ReadWatchTest {

    @Inject
    LateAnswer late;

    /** Answers a first request after its caller has gone, and tells how the second one ends. */
    @Singleton
    static class LateAnswer {

        private final CompletableFuture<RoutingContext> first = new CompletableFuture<>();
        private final CompletableFuture<Boolean> second = new CompletableFuture<>();
        private final CompletableFuture<Boolean> served = new CompletableFuture<>();

        void route(@Observes @Priority(AccessGuard.PRIORITY - 300) Router router) {
            router.route("/test/first").order(Integer.MIN_VALUE).handler(context -> {
                context.request()
                        .connection()
                        .closeHandler(closed -> context.response().end());
                first.complete(context);
            });
            router.route("/test/second").order(Integer.MIN_VALUE).handler(context -> {
                RequestEnd.follow(context, answered -> second.complete(served.isDone()));
                context.next();
            });
            router.route("/test/second").handler(context -> {
                served.complete(true);
                context.response().end();
            });
        }
    }

    /** A request that never ended would keep the process from stopping. */
    @Test
    void aRequestThatBeginsAfterItsCallerHasGoneEndsAndIsNotServed() throws Exception {
        try (RawHttp connection = new RawHttp(RestAssured.port)) {
            connection.send("GET /test/first HTTP/1.1\r\nHost: a\r\n\r\nGET /test/second HTTP/1.1\r\nHost: a\r\n\r\n");
            late.first.get(60, TimeUnit.SECONDS);
        }
        assertFalse(late.second.get(60, TimeUnit.SECONDS), "it was served");
    }
}
