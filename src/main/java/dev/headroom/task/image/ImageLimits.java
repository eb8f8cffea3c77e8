package dev.headroom.task.image;

/**
 * The bounds of decoding.
 *
 * @param maxPixels pixels of one image
 * @param maxBytes of the heap, for all images that are decoded at a time
 */
public record ImageLimits(long maxPixels, long maxBytes) {

    /** The longest array, but for a few elements. */
    private static final long MOST_PIXELS = (Integer.MAX_VALUE - Byte.SIZE) / Picture.CHANNELS;

    /** Limits of at most as many pixels as an array holds. */
    public ImageLimits {
        maxPixels = Math.min(maxPixels, MOST_PIXELS);
    }
}
