package dev.headroom.batch;

import dev.headroom.request.Failure;
import dev.headroom.request.Item;
import dev.headroom.session.RunFailedException;
import java.time.Duration;

/** What an item is told that does not fit alone, however it was tried; the log is told the same. */
record Refusal(String model, AdaptiveLimit limit, HalvingLog log) {

    private static final Duration UNTIL_MEMORY_IS_BACK = Duration.ofSeconds(5);

    /** What has fitted before will fit again: then the memory is taken only now, and the caller had better come back. */
    void unfit(Item<?> item, RunFailedException e) {
        String sizes = said(item, e);
        item.fail(
                item.elements() <= limit.longest()
                        ? new Failure.Unavailable(
                                "The device's memory is taken at the moment: %s. Try again.".formatted(sizes),
                                UNTIL_MEMORY_IS_BACK)
                        : new Failure.TooLarge(
                                "The item does not fit on the device, even alone: %s. Send a shorter one, or serve %s on a device with more memory."
                                        .formatted(sizes, model)));
    }

    /** It makes every session ask for more than any device has. */
    void absurd(Item<?> item, RunFailedException e) {
        item.fail(new Failure.TooLarge("The item makes %s ask for an absurd amount of memory: %s. Send another one."
                .formatted(model, said(item, e))));
    }

    private String said(Item<?> item, RunFailedException e) {
        String sizes = log.sizes(item, e, limit.longest());
        log.unfit(item, sizes);
        return sizes;
    }
}
