package dev.headroom.measured;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.OptionalLong;
import java.util.stream.LongStream;

/**
 * The limits that out-of-memory errors have taught of one model on one device.
 *
 * @param at the time of the last lesson
 * @param availableBytes memory of the device that was there for this process then
 * @param elements most padded elements of a batch; empty where nothing was learned about them
 * @param items most items of a batch; empty where nothing was learned about them
 */
@RegisterForReflection
public record LearnedLimits(Instant at, long availableBytes, OptionalLong elements, OptionalLong items) {

    /** With this factor more memory than then, nothing is known. */
    private static final double CLEARLY_MORE = 1.25;

    /** Refuses limits that no error can have taught. */
    public LearnedLimits {
        if (at == null || elements == null || items == null || elements.orElse(1) < 1 || items.orElse(1) < 1) {
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

    private static OptionalLong lowest(OptionalLong a, OptionalLong b) {
        return LongStream.concat(a.stream(), b.stream()).min();
    }

    /** True if they allow the same batches. */
    public boolean like(LearnedLimits other) {
        return elements.equals(other.elements) && items.equals(other.items);
    }

    /** True if they still tell what fits where so much memory is there. */
    public boolean holdFor(long bytes) {
        return bytes <= CLEARLY_MORE * availableBytes;
    }

    /** The limits in words. */
    public String text() {
        return (elements.isPresent() ? elements.getAsLong() + " padded elements" : "")
                + (elements.isPresent() && items.isPresent() ? " and " : "")
                + (items.isPresent() ? items.getAsLong() + " items" : "");
    }
}
