package dev.headroom.benchmark;

import io.vertx.core.AbstractVerticle;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;

/**
 * The server that Quarkus uses, with nothing behind it: it reads a request's body and answers as many bytes as it was
 * told. A process of its own.
 */
public final class BareRoute extends AbstractVerticle {

    static final String LISTENING = "Listening on ";

    private static final Vertx VERTX = Vertx.vertx();

    private final Buffer answer;

    private BareRoute(Buffer answer) {
        this.answer = answer;
    }

    /** Starts it on a free port; the argument is the answer's size in bytes. */
    public static void main(String... arguments) {
        Buffer answer = Buffer.buffer("x".repeat(Integer.parseInt(arguments[0])));
        int cores = Runtime.getRuntime().availableProcessors();
        VERTX.deployVerticle(() -> new BareRoute(answer), new DeploymentOptions().setInstances(cores))
                .onFailure(Throwable::printStackTrace);
    }

    @Override
    public void start(Promise<Void> started) {
        int anySharedPort = -1;
        vertx.createHttpServer()
                .requestHandler(this::answer)
                .listen(anySharedPort)
                .onSuccess(server -> System.out.println(LISTENING + server.actualPort()))
                .<Void>mapEmpty()
                .onComplete(started);
    }

    private void answer(HttpServerRequest request) {
        request.body()
                .onSuccess(body -> request.response()
                        .putHeader("Content-Type", "application/json")
                        .end(answer));
    }
}
