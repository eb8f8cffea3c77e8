package dev.headroom.plan;

import dev.headroom.device.Bytes;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * One number of the plan with its explanation.
 *
 * @param value the number in force
 * @param unit the unit of the number
 * @param source where it comes from
 * @param reason the calculation in one sentence, with the numbers that it follows from
 */
public record Setting(long value, String unit, Source source, String reason) {

    /** A number that neither an operator, nor a measurement, nor the model's folder gave. */
    static Setting derived(long value, String unit, String reason) {
        return new Setting(value, unit, Source.DEFAULT, reason);
    }

    /** This setting, lowered to the limit that out-of-memory errors have taught, or unchanged where the limit is higher. */
    Setting learned(long limit) {
        return limit >= value
                ? this
                : new Setting(
                        limit,
                        unit,
                        Source.LEARNED,
                        String.format(
                                Locale.ROOT,
                                "batches did not fit; raised again after success, up to the %,d %s that are %s: %s",
                                value,
                                unit,
                                source,
                                reason));
    }

    /** The operator's value of the setting with this name, or this one where the operator has set none. */
    Setting overriddenBy(String name, OptionalLong set) {
        return set.isPresent() ? new Setting(set.getAsLong(), unit, Source.SET, "set by " + name) : this;
    }

    /** {@link #overriddenBy(String, OptionalLong)} for counts. */
    Setting overriddenBy(String name, OptionalInt set) {
        return overriddenBy(name, set.stream().asLongStream().findFirst());
    }

    /** {@link #overriddenBy(String, OptionalLong)} for times in milliseconds: rounds up, so that no time above zero becomes zero. */
    Setting overriddenBy(String name, Optional<Duration> set) {
        return overriddenBy(
                name,
                set.stream()
                        .mapToLong(time -> Math.ceilDiv(time.toNanos(), 1_000_000))
                        .findFirst());
    }

    /** The value as people read it, with its unit. */
    public String text() {
        return unit.equals("bytes") ? Bytes.text(value) : String.format(Locale.ROOT, "%,d %s", value, unit);
    }

    /** The value as an {@code int}, for counts that fit one. */
    public int asInt() {
        return Math.toIntExact(value);
    }
}
