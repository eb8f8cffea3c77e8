package dev.headroom.function.access;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.function.Doors;
import dev.headroom.settings.Configs;
import dev.headroom.settings.HeadroomConfig;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.smallrye.config.SmallRyeConfig;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EmptySecretTest {

    private static void start(String... settings) {
        SmallRyeConfig config = Configs.raw(settings);
        HeadroomConfig mapped = config.getConfigMapping(HeadroomConfig.class);
        new AccessGuard(mapped, new TokenIssuer(mapped), new Doors(List.of()), config).route(null);
    }

    @ParameterizedTest
    @CsvSource({
        "headroom.auth.api-keys, ''",
        "headroom.auth.api-keys, ','",
        "headroom.auth.api-keys, ',,'",
        "headroom.auth.api-keys-file, ''",
        "headroom.auth.issuer, ''",
        "headroom.auth.audience, ''",
    })
    void whatIsSetButEmptyDoesNotOpenTheDoor(String setting, String value) {
        ConfigurationException e = assertThrows(ConfigurationException.class, () -> start(setting, value));
        assertTrue(e.getMessage().startsWith(setting + " "), e.getMessage());
    }

    @ParameterizedTest
    @CsvSource({
        "headroom.auth.api-keys, short",
        "headroom.auth.api-keys-file, /nowhere/keys",
        "headroom.auth.audience, ''",
        "headroom.management.port, 8080",
    })
    void aWrongSettingIsToldBeforeAnythingIsDone(String setting, String value) {
        SmallRyeConfig config = Configs.raw(setting, value, "quarkus.http.port", "8080");
        HeadroomConfig mapped = config.getConfigMapping(HeadroomConfig.class);
        ConfigurationException e =
                assertThrows(ConfigurationException.class, () -> AccessSettings.check(mapped, config));
        assertTrue(e.getMessage().contains(setting + " "), e.getMessage());
    }

    @Test
    void whatIsLeftOutDoes() {
        assertDoesNotThrow(() -> start());
    }

    @Test
    void anIssuerNeedsAnAudience() {
        ConfigurationException e = assertThrows(
                ConfigurationException.class, () -> start("headroom.auth.issuer", "https://issuer.example.org"));
        assertTrue(e.getMessage().startsWith("headroom.auth.audience is not set"), e.getMessage());
    }

    @Test
    void anAudienceNeedsAnIssuer() {
        ConfigurationException e =
                assertThrows(ConfigurationException.class, () -> start("headroom.auth.audience", "this-service"));
        assertTrue(e.getMessage().startsWith("headroom.auth.issuer is not set"), e.getMessage());
    }
}
