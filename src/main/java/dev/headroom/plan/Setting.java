package dev.headroom.plan;

import dev.headroom.device.Bytes;
import java.util.Locale;

/**
 * One number of the plan with its explanation.
 *
 * @param value the number in force
 * @param unit what it counts
 * @param source where it comes from
 * @param reason one sentence that shows how it came about, with the numbers it follows from
 */
public record Setting(long value, String unit, Source source, String reason) {

    /** The same where batches have not fitted: less, until they do again. */
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

    /** The value as people read it, with its unit. */
    public String text() {
        return unit.equals("bytes") ? Bytes.text(value) : String.format(Locale.ROOT, "%,d %s", value, unit);
    }

    /** The value as an {@code int}, for counts that fit one. */
    public int asInt() {
        return Math.toIntExact(value);
    }
}
