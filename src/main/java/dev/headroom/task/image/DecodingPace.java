package dev.headroom.task.image;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/** Learns how long images take to decode, from the last ones of their format; larger ones count more. */
final class DecodingPace {

    /** The first guess; a core of a cloud machine needs about half of it. */
    private static final double FIRST_GUESS_NANOS = 10;

    /** The weight of the first guess, as of an image of a megapixel. */
    private static final double FIRST_WORK = 4_000_000;

    /** The share of earlier images that remains after each image. */
    private static final double KEPT = 0.875;

    private final Map<ImageFormat, Learned> formats = new EnumMap<>(ImageFormat.class);
    private double imageNanos = FIRST_GUESS_NANOS * FIRST_WORK;

    /** The work and time of the last images, the newest counted most. */
    private record Learned(double work, double nanos) {

        private static final Learned NOTHING = new Learned(FIRST_WORK, FIRST_WORK * FIRST_GUESS_NANOS);

        Learned with(long moreWork, long moreNanos) {
            return new Learned(KEPT * work + moreWork, KEPT * nanos + moreNanos);
        }
    }

    /** Learns from an image of so much work. */
    synchronized void took(ImageFormat format, long work, long nanos) {
        formats.put(format, learned(format).with(work, nanos));
        imageNanos = KEPT * imageNanos + (1 - KEPT) * nanos;
    }

    /** The expected time for so much work. */
    synchronized Duration estimate(ImageFormat format, long work) {
        Learned learned = learned(format);
        return Duration.ofNanos((long) (work * learned.nanos / learned.work));
    }

    /** The expected time for an unknown image. */
    synchronized Duration usual() {
        return Duration.ofNanos((long) imageNanos);
    }

    private Learned learned(ImageFormat format) {
        return formats.getOrDefault(format, Learned.NOTHING);
    }
}
