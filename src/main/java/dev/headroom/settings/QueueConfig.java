package dev.headroom.settings;

import io.quarkus.runtime.configuration.MemorySize;
import java.util.Optional;
import java.util.OptionalInt;

/** Limits of the admitted work that is not answered yet. */
public interface QueueConfig {

    /**
     * The most items that are admitted and not yet answered; more get 429.
     *
     * @return unless set, 64 x prefetch, at most 65,536
     */
    OptionalInt maxItems();

    /**
     * The most bytes of input that are admitted and not yet answered; more get 429.
     *
     * @return unless set, an eighth of the largest heap
     */
    Optional<MemorySize> maxBytes();
}
