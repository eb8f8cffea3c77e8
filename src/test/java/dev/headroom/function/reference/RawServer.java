package dev.headroom.function.reference;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

/** A real server that writes any bytes, also those that no proper server would. */
final class RawServer implements AutoCloseable {

    final List<String> requests = new CopyOnWriteArrayList<>();
    final CountDownLatch closed = new CountDownLatch(1);
    private final NetServer server;

    /** Answers each request, whose head it gets, on the socket. */
    RawServer(Vertx vertx, NetServerOptions options, BiConsumer<String, NetSocket> answer) {
        server = vertx.createNetServer(options).connectHandler(socket -> {
            Buffer head = Buffer.buffer();
            socket.closeHandler(_ -> closed.countDown());
            socket.exceptionHandler(_ -> {});
            socket.handler(part -> {
                head.appendBuffer(part);
                if (head.toString().endsWith("\r\n\r\n")) {
                    requests.add(head.toString());
                    answer.accept(head.toString(), socket);
                }
            });
        });
        server.listen().toCompletionStage().toCompletableFuture().join();
    }

    int port() {
        return server.actualPort();
    }

    boolean hungUpOn() throws InterruptedException {
        return closed.await(20, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        server.close().toCompletionStage().toCompletableFuture().join();
    }
}
