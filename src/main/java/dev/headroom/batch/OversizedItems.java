package dev.headroom.batch;

import dev.headroom.request.Failure;
import dev.headroom.request.Item;
import dev.headroom.session.RunFailedException;
import java.time.Duration;

/** Fails items that do not fit on the device alone, and logs each. */
record OversizedItems(String model, AdaptiveLimit limit, HalvingLog log) {

    private static final Duration UNTIL_MEMORY_IS_BACK = Duration.ofSeconds(5);

    /** Fails an item that did not fit. If one as long has run before, the memory is taken for now, and a retry helps. */
    void fail(Item<?> item, RunFailedException e) {
        String sizes = logged(item, e);
        item.fail(
                item.elements() <= limit.longest()
                        ? new Failure.Unavailable(
                                "The device's memory is taken at the moment: %s. Try again.".formatted(sizes),
                                UNTIL_MEMORY_IS_BACK)
                        : new Failure.TooLarge(
                                "The item does not fit on the device, even alone: %s. Send a shorter one, or serve %s on a device with more memory."
                                        .formatted(sizes, model)));
    }

    /** Fails an item that makes every session ask for more memory than any device has. */
    void failAbsurd(Item<?> item, RunFailedException e) {
        item.fail(new Failure.TooLarge("The item makes %s ask for an absurd amount of memory: %s. Send another one."
                .formatted(model, logged(item, e))));
    }

    private String logged(Item<?> item, RunFailedException e) {
        String sizes = log.sizes(item, e, limit.longest());
        log.unfit(item, sizes);
        return sizes;
    }
}
