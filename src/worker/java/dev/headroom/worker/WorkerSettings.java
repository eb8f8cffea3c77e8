package dev.headroom.worker;

import io.quarkus.runtime.configuration.ConfigurationException;
import java.util.Optional;

/** Checks of settings that depend on others. */
final class WorkerSettings {

    private WorkerSettings() {}

    /**
     * A setting that the broker needs.
     *
     * @throws ConfigurationException when it is missing
     */
    static <T> T required(String name, Optional<T> value, String what) {
        return value.orElseThrow(
                () -> new ConfigurationException("%s is missing: set it to %s.".formatted(name, what)));
    }
}
