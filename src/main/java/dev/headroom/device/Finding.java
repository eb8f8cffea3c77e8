package dev.headroom.device;

import java.time.Duration;

/**
 * The result of asking one source about the hardware.
 *
 * @param source "nvml", "nvidia-smi", "host", or "default" where no source could tell and the plan assumes a value
 * @param answer used where the plan rests on this source
 * @param reason the source's answer, what was hidden, or why it was passed over; a sentence for people
 * @param took the time that the asking took
 */
public record Finding(String source, Answer answer, String reason, Duration took) {

    /** The use that was made of a source. */
    public enum Answer {
        /** The source told about devices that this process may use. */
        USED,
        /** The source could not be asked, told nothing, or told only of hidden devices. */
        PASSED_OVER
    }
}
