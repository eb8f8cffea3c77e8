package dev.headroom.batch;

import dev.headroom.request.Failure;
import dev.headroom.request.Item;
import dev.headroom.session.RunFailedException;
import java.time.Duration;

/** The failures of items that did not run even alone. The log gets the same figures. */
record ItemFailures(String model, AdaptiveLimit limit, HalvingLog log) {

    private static final Duration UNTIL_MEMORY_IS_FREE = Duration.ofSeconds(5);

    /** The failure of an item that did not fit. As long an item has run before: then its caller may try again. */
    Failure unfit(Item<?> item, RunFailedException e) {
        String sizes = logged(item, e);
        return item.elements() <= limit.longest()
                ? new Failure.Unavailable(
                        "The device's memory is taken at the moment: %s. Try again.".formatted(sizes),
                        UNTIL_MEMORY_IS_FREE)
                : new Failure.TooLarge(
                        "The item does not fit on the device, even alone: %s. Send a shorter one, or serve %s on a device with more memory."
                                .formatted(sizes, model));
    }

    /** The failure of an item that makes every session ask for more memory than any device has. */
    Failure absurd(Item<?> item, RunFailedException e) {
        return new Failure.TooLarge("The item makes %s ask for an absurd amount of memory: %s. Send another one."
                .formatted(model, logged(item, e)));
    }

    private String logged(Item<?> item, RunFailedException e) {
        String sizes = log.sizes(item, e, limit.longest());
        log.unfit(item, sizes);
        return sizes;
    }

    /** The failure of an item for another reason than memory. A caller that sent tensors is told the reason. */
    static Failure unrunnable(Item<?> item, Throwable cause) {
        return item.row().form().callers() && cause instanceof RunFailedException refused
                ? new Failure.Invalid("The model does not run on %s (%s); correct the tensors' values or shapes."
                        .formatted(item.id(), refused.getMessage().replaceAll("/onnxruntime_src/\\S+", "")))
                : new Failure.Internal("The model did not run on this item.", cause);
    }
}
