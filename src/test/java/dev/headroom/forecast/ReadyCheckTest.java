package dev.headroom.forecast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReadyCheckTest {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private HttpServer service;
    private String address;

    @BeforeEach
    void start() throws IOException {
        service = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        service.start();
        address = "http://127.0.0.1:%d/q/health/ready"
                .formatted(service.getAddress().getPort());
    }

    @AfterEach
    void stop() {
        service.stop(0);
    }

    private int run(String... args) {
        return new Commands(
                        () -> {
                            throw new AssertionError("no settings are read");
                        },
                        new PrintWriter(out),
                        new PrintWriter(err, true))
                .run(args);
    }

    private void answers(int status) {
        service.createContext("/q/health/ready", exchange -> {
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
        });
    }

    @Test
    void endsWithZeroIfTheServiceIsReady() {
        answers(200);
        assertEquals(0, run("ready", address), err::toString);
        assertEquals("", out.toString() + err);
    }

    @ParameterizedTest
    @ValueSource(ints = {503, 404, 302})
    void endsWithOneIfItIsNot(int status) {
        answers(status);
        assertEquals(1, run("ready", address));
        assertEquals(
                "%s answers %d; the service is not ready.".formatted(address, status),
                err.toString().strip());
    }

    @Test
    void endsWithOneIfNobodyAnswers() {
        service.stop(0);
        assertEquals(1, run("ready", address));
        assertTrue(err.toString().startsWith(address + " does not answer ("), err::toString);
    }

    @ParameterizedTest
    @ValueSource(strings = {"8080", "file:///etc/passwd", "http://", "a b", "localhost:8080/q"})
    void anAddressOfNoServiceIsWrongUsage(String wrong) {
        assertEquals(2, run("ready", wrong));
        assertTrue(
                err.toString().contains("'" + wrong + "' is no address such as http://127.0.0.1:8080"), err::toString);
    }
}
