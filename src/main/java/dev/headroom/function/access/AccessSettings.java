package dev.headroom.function.access;

import dev.headroom.settings.AuthConfig;
import dev.headroom.settings.HeadroomConfig;
import io.quarkus.runtime.configuration.ConfigurationException;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.config.Config;

/**
 * The settings of who may come in. A setting that is written but empty is a mistake, which must not admit everybody.
 *
 * @param set the settings as they are read
 * @param raw the settings as they are written
 */
public record AccessSettings(AuthConfig set, Config raw) {

    private static final String KEYS = "headroom.auth.api-keys";
    private static final String FILE = "headroom.auth.api-keys-file";
    private static final String ISSUER = "headroom.auth.issuer";
    private static final String AUDIENCE = "headroom.auth.audience";

    /**
     * Checks all settings of access, and reads the file of keys, before anything is done with them.
     *
     * @throws ConfigurationException when one is wrong; the message names it
     */
    public static void check(HeadroomConfig config, Config raw) {
        AccessSettings settings = new AccessSettings(config.auth(), raw);
        settings.listed();
        settings.file();
        settings.hasIssuer();
        ManagementPort.checkOwn(config.management(), raw);
    }

    /**
     * The keys that the settings list; empty where they list none.
     *
     * @throws ConfigurationException when one is no key
     */
    Optional<ApiKeys> listed() {
        return set.apiKeys()
                .or(() -> isWritten(KEYS) ? Optional.of(List.of()) : Optional.empty())
                .map(keys -> ApiKeys.of(keys, KEYS));
    }

    /**
     * The file of keys, read; empty where none is set.
     *
     * @throws ConfigurationException when it cannot be read, or a key in it is none
     */
    Optional<ApiKeyFile> file() {
        namesFile();
        return set.apiKeysFile().map(path -> new ApiKeyFile(path, System::nanoTime));
    }

    /**
     * True if a file of keys is set, whether it is there or not.
     *
     * @throws ConfigurationException when the setting is empty
     */
    boolean namesFile() {
        if (set.apiKeysFile().isEmpty() && isWritten(FILE)) {
            throw new ConfigurationException(
                    "%s is set, but empty: set it to the file of the keys, or leave it out.".formatted(FILE));
        }
        return set.apiKeysFile().isPresent();
    }

    /**
     * True if an issuer of tokens is set.
     *
     * @throws ConfigurationException when a setting is empty, or one of issuer and audience is missing
     */
    boolean hasIssuer() {
        checkNotEmpty(ISSUER, set.issuer().isPresent());
        checkNotEmpty(AUDIENCE, set.audience().isPresent());
        if (set.issuer().isPresent() && set.audience().isEmpty()) {
            throw new ConfigurationException(
                    "%s is not set, so that a token for any other service would let in: set it to the audience that this one has."
                            .formatted(AUDIENCE));
        }
        if (set.issuer().isEmpty() && set.audience().isPresent()) {
            throw new ConfigurationException(
                    "%s is not set, and %s is, so that no token would be asked for: set it to the issuer of the tokens, or leave out the audience."
                            .formatted(ISSUER, AUDIENCE));
        }
        return set.issuer().isPresent();
    }

    private void checkNotEmpty(String setting, boolean present) {
        if (!present && isWritten(setting)) {
            throw new ConfigurationException(
                    "%s is set, but empty: give it its value, or leave it out.".formatted(setting));
        }
    }

    private boolean isWritten(String setting) {
        return raw.getConfigValue(setting).getRawValue() != null;
    }
}
