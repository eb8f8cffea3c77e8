package dev.headroom.measured;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The limits that out-of-memory errors have taught of one model on one device.
 *
 * @param at the time of the last lesson
 * @param availableBytes memory of the device that was there for this process then
 * @param elements most padded elements of a batch; empty where nothing was learned about them
 * @param items most items of a batch; empty where nothing was learned about them
 */
@RegisterForReflection
public record LearnedLimits(
        Instant at, long availableBytes, Optional<LearnedLimit> elements, Optional<LearnedLimit> items) {

    /** With this factor more memory than then, nothing is known. */
    private static final double CLEARLY_MORE = 1.25;

    /** Refuses limits that no error can have taught. */
    public LearnedLimits {
        if (at == null || elements == null || items == null) {
            throw new IllegalArgumentException(
                    "no limits: at %s, %s elements, %s items".formatted(at, elements, items));
        }
    }

    /** The same, as learned with no more memory than this. */
    public LearnedLimits with(long mostBytes) {
        return new LearnedLimits(at, Math.min(availableBytes, mostBytes), elements, items);
    }

    /** The limits that hold on this device and on another one. */
    public LearnedLimits lowest(LearnedLimits other) {
        return new LearnedLimits(
                at,
                Math.min(availableBytes, other.availableBytes),
                lowest(elements, other.elements),
                lowest(items, other.items));
    }

    private static Optional<LearnedLimit> lowest(Optional<LearnedLimit> a, Optional<LearnedLimit> b) {
        return Stream.concat(a.stream(), b.stream()).reduce(LearnedLimit::lowest);
    }

    /** True if they allow the same batches, and try larger ones as rarely. */
    public boolean like(LearnedLimits other) {
        return elements.equals(other.elements) && items.equals(other.items);
    }

    /** True if they still tell what fits where so much memory is there. */
    public boolean holdFor(long bytes) {
        return bytes <= CLEARLY_MORE * availableBytes;
    }

    /** The limits in words. */
    public String text() {
        return Stream.concat(
                        elements.stream().map(limit -> limit.most() + " padded elements"),
                        items.stream().map(limit -> limit.most() + " items"))
                .collect(Collectors.joining(" and "));
    }
}
