package dev.headroom.function.download;

import com.sun.net.httpserver.HttpServer;
import dev.headroom.task.image.TextLines;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;

/** A server on loopback from which the service under test may download: {@code http://localhost:port/cat} is no image, {@code /turned.png} is one. */
public final class HostOfInputs implements QuarkusTestResourceLifecycleManager {

    private HttpServer server;

    @Override
    public Map<String, String> start() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        serve("/cat", new byte[] {'c', 'a', 't'});
        try {
            serve("/turned.png", TextLines.line("PARTY", true, "png"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.start();
        String host = "localhost:" + server.getAddress().getPort();
        return Map.of(
                "headroom.references.allowed-hosts", host, "headroom.references.allowed-networks", "127.0.0.1,::1");
    }

    private void serve(String path, byte[] content) {
        server.createContext(path, exchange -> {
            exchange.sendResponseHeaders(200, content.length);
            exchange.getResponseBody().write(content);
            exchange.close();
        });
    }

    @Override
    public void stop() {
        server.stop(0);
    }
}
