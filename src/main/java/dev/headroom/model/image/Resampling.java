package dev.headroom.model.image;

/** Pillow's filters for resizing, in the order of their numbers in preprocessor_config.json. */
public enum Resampling {
    /** The pixel that is nearest to the centre. */
    NEAREST(0),
    /** A windowed sinc over six pixels. */
    LANCZOS(3),
    /** A triangle over two pixels. */
    BILINEAR(1),
    /** A cubic over four pixels, with a = -0.5. */
    BICUBIC(2),
    /** The mean of one pixel's width. */
    BOX(0.5),
    /** A windowed sinc over two pixels. */
    HAMMING(1);

    private final double support;

    Resampling(double support) {
        this.support = support;
    }

    /** The distance from the centre at which weights become 0, in pixels of the smaller of the two images. */
    public double support() {
        return support;
    }

    /**
     * The weight of a pixel at this distance from the centre, before the weights are scaled to a sum of 1.
     *
     * @param distance in pixels of the smaller of the two images
     */
    public double weight(double distance) {
        double x = Math.abs(distance);
        return switch (this) {
            case NEAREST, BOX -> distance > -0.5 && distance <= 0.5 ? 1 : 0;
            case BILINEAR -> Math.max(0, 1 - x);
            case BICUBIC -> cubic(x);
            case LANCZOS -> x < 3 ? sinc(x) * sinc(x / 3) : 0;
            case HAMMING -> x < 1 ? sinc(x) * (0.54 + 0.46 * Math.cos(Math.PI * x)) : 0;
        };
    }

    private static double cubic(double x) {
        if (x < 1) {
            return (1.5 * x - 2.5) * x * x + 1;
        }
        return x < 2 ? (((x - 5) * x + 8) * x - 4) * -0.5 : 0;
    }

    private static double sinc(double x) {
        return x == 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
    }
}
