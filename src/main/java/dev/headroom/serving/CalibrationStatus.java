package dev.headroom.serving;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** The state of a model's calibration. */
public enum CalibrationStatus {
    /** {@code headroom.calibration} is off. */
    OFF,
    /** Not ended yet: it runs only while no caller waits. */
    PENDING,
    /** Measured by this process. */
    MEASURED,
    /** Measured by an earlier process, and read from {@code headroom.state-dir}. */
    STORED,
    /** Given up; the log says why. */
    FAILED;

    /** The lower-case word that {@code GET /plan} shows. */
    @JsonValue
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
