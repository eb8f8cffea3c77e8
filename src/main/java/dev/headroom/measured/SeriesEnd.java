package dev.headroom.measured;

import com.fasterxml.jackson.annotation.JsonValue;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.Locale;

/**
 * The end of a series of growing batches.
 *
 * @param length elements of each row of the series
 * @param reason why no larger batch was measured
 */
@RegisterForReflection
public record SeriesEnd(long length, Reason reason) {

    /** Why a series ended. */
    public enum Reason {
        /** Larger batches gained no throughput. */
        THROUGHPUT,
        /** Larger batches gained no throughput while other work had the processor, so that it is not known whether they pay. */
        DISTURBED,
        /** A larger batch did not fit, or was predicted not to fit. */
        MEMORY,
        /** A larger batch would have kept callers waiting, so that it is not known whether it pays. */
        TIME,
        /** No larger batch is ever measured. */
        ROWS;

        /** The reason why the series ended, as the log and the reasons of a plan say it. */
        public String text() {
            return this == DISTURBED ? "other work on the machine" : toString();
        }

        /** The lower-case word that {@code GET /plan} and the file show. */
        @JsonValue
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Refuses an end that no series can have. */
    public SeriesEnd {
        if (length < 1 || reason == null) {
            throw new IllegalArgumentException("no end of a series: %d elements, %s".formatted(length, reason));
        }
    }
}
