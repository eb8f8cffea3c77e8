package dev.headroom.plan;

import dev.headroom.settings.PlanRefusedException;
import io.quarkus.runtime.configuration.MemorySize;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** What the operator set goes before what was derived. */
final class Settings {

    private static final Duration LONGEST_TIME = Duration.ofDays(1);
    static final long LONGEST_MILLIS = LONGEST_TIME.toMillis();
    private static final int BITS_OF_BYTES = 62;

    private Settings() {}

    /**
     * The setting in force.
     *
     * @throws PlanRefusedException when what was set is less than makes sense
     */
    static Setting atLeast(long least, String name, OptionalLong set, Setting derived) {
        if (set.isEmpty()) {
            return derived;
        }
        if (set.getAsLong() < least) {
            throw new PlanRefusedException("%s is %d %s: set it to at least %d, or leave it out to have it derived."
                    .formatted(name, set.getAsLong(), derived.unit(), least));
        }
        return new Setting(set.getAsLong(), derived.unit(), Source.SET, "set by " + name);
    }

    static OptionalLong wide(OptionalInt set) {
        return set.isPresent() ? OptionalLong.of(set.getAsInt()) : OptionalLong.empty();
    }

    static OptionalLong bytes(String name, Optional<MemorySize> set) {
        if (set.isEmpty()) {
            return OptionalLong.empty();
        }
        if (set.get().asBigInteger().bitLength() > BITS_OF_BYTES) {
            throw new PlanRefusedException("%s is %s bytes: set it to what a machine has, or leave it out."
                    .formatted(name, set.get().asBigInteger()));
        }
        return OptionalLong.of(set.get().asLongValue());
    }

    /** Rounded up, so that what is set above zero stays above it. */
    static OptionalLong millis(String name, Optional<Duration> set) {
        if (set.isEmpty()) {
            return OptionalLong.empty();
        }
        if (set.get().isNegative() || set.get().compareTo(LONGEST_TIME) > 0) {
            throw new PlanRefusedException("%s is %s: set it to between 0 and %s, or leave it out to have it derived."
                    .formatted(name, set.get(), LONGEST_TIME));
        }
        return OptionalLong.of(Math.ceilDiv(set.get().toNanos(), 1_000_000));
    }
}
