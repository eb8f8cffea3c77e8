package dev.headroom.plan;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** The source of a number of the plan, best knowledge first. */
public enum Source {
    /** The operator set it. */
    SET,
    /** It was lowered, because batches did not fit. */
    LEARNED,
    /** It follows from a measurement of this model on this device. */
    CALIBRATED,
    /** It follows from the memory that the model's folder declares. */
    DECLARED,
    /** It follows from the table of device sizes, the last resort. */
    TIER,
    /** It is the same on every device, or follows from other numbers of the plan alone. */
    DEFAULT;

    /** The lower-case word that {@code GET /plan} shows. */
    @JsonValue
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
