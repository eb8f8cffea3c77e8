package dev.headroom.measured;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.OptionalLong;
import java.util.stream.LongStream;

/**
 * What out-of-memory errors have taught about one model on one device.
 *
 * @param at when
 * @param availableBytes what of the device was there for this process then
 * @param elements most padded elements of a batch; empty where nothing was learned about them
 * @param items most items of a batch; empty where nothing was learned about them
 */
@RegisterForReflection
public record LearnedLimits(Instant at, long availableBytes, OptionalLong elements, OptionalLong items) {

    /** With so much more memory than then, nothing is known. */
    private static final double CLEARLY_MORE = 1.25;

    /** Refuses what nobody can have learned. */
    public LearnedLimits {
        if (at == null || elements == null || items == null || elements.orElse(1) < 1 || items.orElse(1) < 1) {
            throw new IllegalArgumentException(
                    "no limits: at %s, %s elements, %s items".formatted(at, elements, items));
        }
    }

    /** The same, where no more than this was there. */
    public LearnedLimits with(long mostBytes) {
        return new LearnedLimits(at, Math.min(availableBytes, mostBytes), elements, items);
    }

    /** What holds where these do and where others do. */
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

    /** Whether they allow the same batches. */
    public boolean like(LearnedLimits other) {
        return elements.equals(other.elements) && items.equals(other.items);
    }

    /** Whether they still say what fits where so much memory is there. */
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
