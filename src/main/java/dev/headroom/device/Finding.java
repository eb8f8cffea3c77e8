package dev.headroom.device;

import java.time.Duration;

/**
 * What came of asking one source about the hardware.
 *
 * @param source "nvml", "nvidia-smi", "host", or "default" where the plan assumes what nobody could tell
 * @param answer whether the plan rests on this source
 * @param reason what it said, what was hidden, or why it was passed over; a sentence for people
 * @param took how long the asking took
 */
public record Finding(String source, Answer answer, String reason, Duration took) {

    /** Whether the plan rests on a source. */
    public enum Answer {
        /** It told about devices that this process may use. */
        USED,
        /** It could not be asked, told nothing, or everything that it told about is hidden. */
        PASSED_OVER
    }
}
