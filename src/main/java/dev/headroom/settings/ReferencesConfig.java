package dev.headroom.settings;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Downloads of inputs that a URL names. */
public interface ReferencesConfig {

    /**
     * The hosts from which inputs are downloaded: {@code images.example.com}; {@code *.example.com} for all below a
     * domain; {@code *} for every host with a public address. Write ports other than 80 and 443 behind the host:
     * {@code minio.storage.svc:9000}.
     *
     * @return unless set, every reference is refused
     */
    Optional<List<String>> allowedHosts();

    /**
     * Networks that are not public and may still be reached, such as {@code 10.0.0.0/8} for a store inside the
     * cluster. Their hosts must be named other than by {@code *}.
     *
     * @return unless set, none: addresses have to be public
     */
    Optional<List<String>> allowedNetworks();

    /** The largest input that is downloaded; a larger one gets 413. */
    @WithDefault("10M")
    MemorySize maxBytes();

    /** The longest that one download may take, from the look-up of the name to the last byte, redirects included. */
    @WithDefault("10s")
    Duration timeout();

    /** The most redirects that a download follows, each checked like the first URL; 0 follows none. */
    @WithDefault("3")
    int maxRedirects();
}
