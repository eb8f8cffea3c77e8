package dev.headroom.settings;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Limits of one batch. */
public interface BatchConfig {

    /**
     * The most items in one batch. Set it only to force a size whatever the memory: an out-of-memory error still
     * halves the batch.
     *
     * @return unless set, derived from the measured throughput
     */
    OptionalInt maxItems();

    /**
     * The most padded elements in one batch: rows x longest row.
     *
     * @return unless set, derived from the measured throughput
     */
    OptionalLong maxElements();

    /**
     * The longest that an item waits for others to share its batch. Raise it for fuller batches. A lone item never
     * waits.
     *
     * @return unless set, 10 ms
     */
    Optional<Duration> maxWindow();
}
