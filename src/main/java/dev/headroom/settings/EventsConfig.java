package dev.headroom.settings;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Optional;

/** Events that a broker delivers several times. */
public interface EventsConfig {

    /**
     * The time for which the answer to an event is kept for the same event: of the same source, id and data. Set it
     * longer than your broker takes to repeat one; 0 answers each anew.
     */
    @WithDefault("10m")
    Duration duplicateWindow();

    /**
     * The memory for those answers; beyond it the oldest are dropped.
     *
     * @return unless set, a 32nd of the largest heap
     */
    Optional<MemorySize> duplicateBytes();
}
