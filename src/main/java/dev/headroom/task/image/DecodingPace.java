package dev.headroom.task.image;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/** How long images take to decode, learned of the last ones of their format; the larger one was, the more it says. */
final class DecodingPace {

    /** A core of a cloud's machine needs about half of it. */
    private static final double FIRST_GUESS_NANOS = 10;

    /** The first guess says as much as an image of a megapixel. */
    private static final double FIRST_WORK = 4_000_000;

    /** How much of what was learned before stays with each image. */
    private static final double KEPT = 0.875;

    private final Map<ImageFormat, Learned> formats = new EnumMap<>(ImageFormat.class);
    private double imageNanos = FIRST_GUESS_NANOS * FIRST_WORK;

    /** What the last images were and took, the newest counted most. */
    private record Learned(double work, double nanos) {

        private static final Learned NOTHING = new Learned(FIRST_WORK, FIRST_WORK * FIRST_GUESS_NANOS);

        Learned with(long moreWork, long moreNanos) {
            return new Learned(KEPT * work + moreWork, KEPT * nanos + moreNanos);
        }
    }

    /** An image was so much work, and took so long. */
    synchronized void took(ImageFormat format, long work, long nanos) {
        formats.put(format, learned(format).with(work, nanos));
        imageNanos = KEPT * imageNanos + (1 - KEPT) * nanos;
    }

    /** How long so much work should take. */
    synchronized Duration estimate(ImageFormat format, long work) {
        Learned learned = learned(format);
        return Duration.ofNanos((long) (work * learned.nanos / learned.work));
    }

    /** How long an image should take of which nothing is known. */
    synchronized Duration usual() {
        return Duration.ofNanos((long) imageNanos);
    }

    private Learned learned(ImageFormat format) {
        return formats.getOrDefault(format, Learned.NOTHING);
    }
}
