package dev.headroom.function.access;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.batch.Failure;
import dev.headroom.batch.RequestFailedException;
import dev.headroom.plan.Configs;
import dev.headroom.plan.HeadroomConfig;
import io.smallrye.config.SmallRyeConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TokenIssuerTest {

    private final TestIssuer server = new TestIssuer();
    private String url;

    @BeforeEach
    void start() {
        url = server.start().get("headroom.auth.issuer");
    }

    @AfterEach
    void stop() {
        server.stop();
    }

    private static TokenIssuer at(String issuer) {
        SmallRyeConfig config = Configs.raw("headroom.auth.issuer", issuer, "headroom.auth.audience", "one,two");
        return new TokenIssuer(config.getConfigMapping(HeadroomConfig.class), config);
    }

    @Test
    void anyOfTheAudiencesWillDo() {
        TokenIssuer issuer = at(url);
        assertTrue(issuer.lets(server.token("one", 60)));
        assertTrue(issuer.lets(server.token("two", 60)));
        assertFalse(issuer.lets(server.token("three", 60)));
    }

    @Test
    void onlyTheAddressThatTheIssuerNamesItselfByIsTrusted() {
        TokenIssuer issuer = at(url + "/");
        assertInstanceOf(
                Failure.Unavailable.class,
                assertThrows(RequestFailedException.class, () -> issuer.lets(server.token("one", 60)))
                        .failure());
    }

    @Test
    void anIssuerThatCannotBeAskedRefusesNobodyForGood() throws IOException {
        String nobody;
        try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobody = "http://127.0.0.1:" + closed.getLocalPort();
        }
        TokenIssuer issuer = at(nobody);
        for (int time = 0; time < 2; time++) {
            assertInstanceOf(
                    Failure.Unavailable.class,
                    assertThrows(RequestFailedException.class, () -> issuer.lets("a.b.c"))
                            .failure());
        }
    }
}
