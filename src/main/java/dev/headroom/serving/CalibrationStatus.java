package dev.headroom.serving;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** How far the measuring of a model is. */
public enum CalibrationStatus {
    /** {@code headroom.calibration} is off. */
    OFF,
    /** It has not ended yet: it waits until nobody calls. */
    PENDING,
    /** It was measured by this process. */
    MEASURED,
    /** It was measured by an earlier one, and read from {@code headroom.state-dir}. */
    STORED,
    /** It was given up; the log says why. */
    FAILED;

    /** The lower-case word that {@code GET /plan} shows. */
    @JsonValue
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
