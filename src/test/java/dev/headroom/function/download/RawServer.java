package dev.headroom.function.download;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;

/** A real server that writes any bytes, also those that no proper server would. */
final class RawServer implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    final List<String> requests = new CopyOnWriteArrayList<>();
    private final AtomicInteger connected = new AtomicInteger();
    private final NetServer server;

    /** Answers each request, whose head it gets, on the socket. */
    RawServer(Vertx vertx, NetServerOptions options, BiConsumer<String, NetSocket> answer) {
        server = vertx.createNetServer(options).connectHandler(socket -> {
            Buffer head = Buffer.buffer();
            connected.incrementAndGet();
            socket.closeHandler(_ -> connected.decrementAndGet());
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

    /** Whether everybody hangs up, who may not even have come in the time that he has. */
    boolean hungUpOn() {
        long patience = System.nanoTime() + PATIENCE.toNanos();
        while (connected.get() > 0 && System.nanoTime() < patience) {
            Thread.onSpinWait();
        }
        return connected.get() == 0;
    }

    @Override
    public void close() {
        server.close().toCompletionStage().toCompletableFuture().join();
    }
}
