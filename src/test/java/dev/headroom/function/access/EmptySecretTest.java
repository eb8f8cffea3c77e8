package dev.headroom.function.access;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.plan.Configs;
import dev.headroom.plan.HeadroomConfig;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.smallrye.config.SmallRyeConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EmptySecretTest {

    private static void start(String... settings) {
        SmallRyeConfig config = Configs.raw(settings);
        TokenIssuer issuer = new TokenIssuer(null, config);
        new AccessGuard(config.getConfigMapping(HeadroomConfig.class), issuer, config).route(null);
    }

    @ParameterizedTest
    @CsvSource({
        "headroom.auth.api-keys, ''",
        "headroom.auth.api-keys, ','",
        "headroom.auth.api-keys, ',,'",
        "headroom.auth.api-keys-file, ''",
        "quarkus.oidc.auth-server-url, ''",
        "quarkus.oidc.public-key, ''",
    })
    void whatIsSetButEmptyDoesNotOpenTheDoor(String setting, String value) {
        ConfigurationException e = assertThrows(ConfigurationException.class, () -> start(setting, value));
        assertTrue(e.getMessage().startsWith(setting + " "), e.getMessage());
    }

    @Test
    void whatIsLeftOutOrTurnedOffDoes() {
        assertDoesNotThrow(() -> start());
        assertDoesNotThrow(() -> start("quarkus.oidc.tenant-enabled", "false", "quarkus.oidc.auth-server-url", ""));
    }
}
