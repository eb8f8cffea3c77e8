package dev.headroom.function;

import dev.headroom.plan.HeadroomConfig;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.quarkus.runtime.configuration.MemorySize;
import io.vertx.ext.web.Router;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.Optional;

/** Refuses the start with limits under which no request could be served. */
@Singleton
class InputLimits {

    /** Before all who work by them. */
    private static final int FIRST = 1;

    /** Three bytes of each are in one array. */
    private static final long MOST_PIXELS = Integer.MAX_VALUE / 3;

    private static final int MOST_BYTES_BITS = 62;

    private final HeadroomConfig config;

    InputLimits(HeadroomConfig config) {
        this.config = config;
    }

    void check(@Observes @Priority(FIRST) Router router) {
        check(config.input());
    }

    /**
     * Looks at each of them.
     *
     * @throws ConfigurationException when one makes no sense; the message names it
     */
    static void check(HeadroomConfig.Input set) {
        require("max-items", set.maxItems().orElse(1), Integer.MAX_VALUE);
        require("max-characters", set.maxCharacters(), Integer.MAX_VALUE);
        require("max-pixels", set.maxPixels(), MOST_PIXELS);
        require("max-elements", set.maxElements(), Long.MAX_VALUE);
        require("max-json-depth", set.maxJsonDepth(), Integer.MAX_VALUE);
        require("max-number-length", set.maxNumberLength(), Integer.MAX_VALUE);
        requireBytes("image-memory", set.imageMemory());
        requireBytes("body-memory", set.bodyMemory());
    }

    private static void require(String setting, long value, long most) {
        if (value < 1 || value > most) {
            String range = most >= Integer.MAX_VALUE ? "1 or more" : "between 1 and " + most;
            throw wrong(setting, Long.toString(value), range);
        }
    }

    private static void requireBytes(String setting, Optional<MemorySize> set) {
        set.map(MemorySize::asBigInteger)
                .filter(bytes -> bytes.signum() <= 0 || bytes.bitLength() > MOST_BYTES_BITS)
                .ifPresent(bytes -> {
                    throw wrong(setting, bytes + " bytes", "what a machine has");
                });
    }

    private static ConfigurationException wrong(String setting, String value, String range) {
        return new ConfigurationException(
                "headroom.input.%s is %s: set it to %s, or leave it out.".formatted(setting, value, range));
    }
}
