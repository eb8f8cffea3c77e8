package dev.headroom.request;

import java.util.List;

/**
 * A batch that ran, for the traces of its requests.
 *
 * @param model the model's name
 * @param device the device's name
 * @param startNanos when it began, as {@link System#nanoTime} says; it has just ended
 * @param requests the requests of its items, each once
 */
public record BatchRun(String model, String device, Size size, long startNanos, List<RequestTrace> requests) {

    /**
     * How large it was.
     *
     * @param elements those of its items, without padding
     * @param padding the elements that were added to the shorter items
     * @param halvings how often it, or a part of it, did not fit and was split
     */
    public record Size(int items, long elements, long padding, int halvings) {}
}
