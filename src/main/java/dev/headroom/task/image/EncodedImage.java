package dev.headroom.task.image;

import java.util.function.Supplier;

/**
 * An image file, read as far as its header.
 *
 * @param screen width and height, and where the stored picture lies in them
 * @param orientation EXIF's, 1 to 8; 1 where the file says nothing
 * @param coding the cost of decoding it
 * @param pixels copies only the parts of the file that the decoder needs for the pixels
 */
record EncodedImage(Screen screen, int orientation, Coding coding, Supplier<byte[]> pixels) {

    /** A file whose stored picture is the whole. */
    EncodedImage(Size size, int orientation, Coding coding, Supplier<byte[]> pixels) {
        this(Screen.of(size), orientation, coding, pixels);
    }

    /** The cost of the smallest image, in the pixels of one pass. */
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

    /** The colours that a decoder returns. */
    enum Colours {
        /** Red, green and blue, grey, or a palette. */
        SCREEN,
        /** Inks, inverted as Adobe's programs store them. */
        CMYK,
        /** Inks, of which the first three are coded as brightness and two differences. */
        YCCK
    }

    /**
     * The cost of decoding a file.
     *
     * @param colours the colours that the decoder returns
     * @param bytesPerPixel the most memory for each pixel, with our copy
     * @param passes how often the decoder goes over the pixels, to which its time is proportional
     */
    record Coding(Colours colours, int bytesPerPixel, int passes) {

        /** The cost of a picture's pixels and colours, in a JPEG's scans. */
        static final int PASSES_BESIDE_SCANS = 3;

        /** The coding of a decoder whose picture has so many bytes a pixel, and is copied. */
        static Coding screen(int bytesPerPixel) {
            return new Coding(Colours.SCREEN, bytesPerPixel + Picture.CHANNELS, PASSES_BESIDE_SCANS + 1);
        }
    }

    /** Width and height. */
    Size size() {
        return screen.size();
    }

    /** The work of decoding: pixels, each counted as often as the decoder goes over it. */
    long decodingWork() {
        return LEAST_WORK + size().pixels() * coding.passes();
    }

    /**
     * The most memory that decoding takes.
     *
     * @param fileBytes the file's length
     */
    long decodingBytes(int fileBytes) {
        int copies = (orientation > 1 ? 1 : 0) + (screen.shows() ? 1 : 0);
        return fileBytes + size().pixels() * (coding.bytesPerPixel() + copies * Picture.CHANNELS);
    }
}
