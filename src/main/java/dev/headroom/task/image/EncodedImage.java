package dev.headroom.task.image;

import java.util.function.Supplier;

/**
 * An image file, read as far as its header.
 *
 * @param size width and height
 * @param orientation EXIF's, 1 to 8; 1 where the file says nothing
 * @param coding what a decoder makes of it
 * @param pixels copies the file without what its colours do not need: nothing else reaches a decoder
 */
record EncodedImage(Size size, int orientation, Coding coding, Supplier<byte[]> pixels) {

    /** What the smallest image costs, in the pixels of one pass. */
    private static final long LEAST_WORK = 50_000;

    /** Width and height as stored, in pixels. */
    record Size(int width, int height) {

        /** A size as a header claims it. */
        Size {
            if (width < 1 || height < 1) {
                throw new BrokenImageException("has no width or no height; send one that has pixels");
            }
        }

        long pixels() {
            return (long) width * height;
        }
    }

    /** What a decoder hands out. */
    enum Colours {
        /** Red, green and blue, grey, or a palette. */
        SCREEN,
        /** Inks, inverted as Adobe's programs store them. */
        CMYK,
        /** Inks, of which the first three are coded as brightness and two differences. */
        YCCK
    }

    /**
     * What a decoder makes of a file.
     *
     * @param colours what it hands out
     * @param bytesPerPixel what that and our copy take of the memory at most, for each pixel
     * @param passes how often it goes over the pixels, which is what its time follows
     */
    record Coding(Colours colours, int bytesPerPixel, int passes) {

        /** What pixels and colours of a picture cost, measured in a JPEG's scans. */
        static final int PASSES_BESIDE_SCANS = 3;

        /** One that hands out a picture of so many bytes a pixel, of which ours is a copy. */
        static Coding screen(int bytesPerPixel) {
            return new Coding(Colours.SCREEN, bytesPerPixel + Picture.CHANNELS, PASSES_BESIDE_SCANS + 1);
        }
    }

    /** How much work decoding is: pixels, each counted as often as a decoder goes over it. */
    long decodingWork() {
        return LEAST_WORK + size.pixels() * coding.passes();
    }

    /**
     * What decoding takes of the memory at most.
     *
     * @param fileBytes the file's length
     */
    long decodingBytes(int fileBytes) {
        return fileBytes + size.pixels() * (coding.bytesPerPixel() + (orientation > 1 ? Picture.CHANNELS : 0));
    }
}
