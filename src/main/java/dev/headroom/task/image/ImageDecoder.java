package dev.headroom.task.image;

import dev.headroom.request.Failure;
import dev.headroom.request.RequestFailedException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Decodes a JPEG, PNG, GIF, WebP or BMP to its pixels, upright. Refuses an image that is too large by its header. All
 * others together take at most the memory that is set aside, however many are decoded at once.
 */
public final class ImageDecoder {

    /** The longest edge of a JPEG. */
    private static final int LONGEST_EDGE = 65_535;

    /** The most pixels of an image of one colour. */
    private static final long PLAIN_PIXELS = 4_000_000;

    /** More pixels than a byte of GIF holds at its best; or of PNG and JPEG, except for blank pages. */
    private static final int PIXELS_PER_BYTE = 3_000;

    private static final int UNIT = 1 << 10;

    private final ImageLimits limits;
    private final int units;
    private final Semaphore memory;
    private final DecodingPace pace = new DecodingPace();

    /** A decoder for all threads. */
    public ImageDecoder(ImageLimits limits) {
        this.limits = limits;
        this.units = Math.toIntExact(Math.min(limits.maxBytes() / UNIT, Integer.MAX_VALUE));
        this.memory = new Semaphore(units, true);
    }

    /** The expected time to decode an image, by its header and the images before it; zero if it is refused. */
    public Duration estimate(byte[] file) {
        try {
            ImageFormat format = ImageFormat.of(file);
            EncodedImage image = opened(format, file);
            checkSize(image.size(), file.length);
            return pace.estimate(format, image.decodingWork());
        } catch (BrokenImageException | RequestFailedException e) {
            return Duration.ZERO;
        }
    }

    /** The expected time to decode an image that has not been downloaded yet. */
    public Duration usualEstimate() {
        return pace.usual();
    }

    /** Decodes an image that is wanted to the end. */
    <T> T decode(byte[] file, Function<Picture, T> use) {
        return decode(file, use, () -> false);
    }

    /**
     * Decodes an image; waits while others take the memory that it needs.
     *
     * @param use makes the result of the picture, and must not keep the picture
     * @param over true once the image is no longer wanted; decoding then ends soon
     * @throws RequestFailedException when the image is broken, of another format, too large or no longer wanted
     */
    public <T> T decode(byte[] file, Function<Picture, T> use, BooleanSupplier over) {
        try {
            ImageFormat format = ImageFormat.of(file);
            EncodedImage image = opened(format, file);
            checkSize(image.size(), file.length);
            long bytes = image.decodingBytes(file.length);
            return within(bytes, () -> timed(format, image, () -> use.apply(decoded(format, image, over))));
        } catch (BrokenImageException e) {
            throw new RequestFailedException(new Failure.Invalid("The image %s.".formatted(e.getMessage())));
        }
    }

    /** Measures the decoding, without the wait for memory. */
    private <T> T timed(ImageFormat format, EncodedImage image, Supplier<T> work) {
        long start = System.nanoTime();
        T made = work.get();
        pace.took(format, image.decodingWork(), System.nanoTime() - start);
        return made;
    }

    /** Reads the header; broken files cause exceptions of all kinds. */
    private static EncodedImage opened(ImageFormat format, byte[] file) {
        try {
            return format.read(file);
        } catch (BrokenImageException e) {
            throw e;
        } catch (RuntimeException | StackOverflowError e) {
            throw broken(format);
        }
    }

    private void checkSize(EncodedImage.Size size, int bytes) {
        long pixels = size.pixels();
        if (pixels > limits.maxPixels() || Math.max(size.width(), size.height()) > LONGEST_EDGE) {
            throw tooLarge(
                    "The image has %d x %d pixels, and at most %,d are taken, on an edge at most %,d; send it smaller, or raise headroom.input.max-pixels.",
                    size.width(), size.height(), limits.maxPixels(), LONGEST_EDGE);
        }
        if (pixels > PLAIN_PIXELS && pixels / PIXELS_PER_BYTE > bytes) {
            throw tooLarge(
                    "The image claims %d x %d pixels in %,d bytes; send it smaller.",
                    size.width(), size.height(), bytes);
        }
    }

    private <T> T within(long bytes, Supplier<T> work) {
        long needed = bytes / UNIT + 1;
        if (needed > units) {
            throw tooLarge(
                    "The image takes %,d MiB to decode, and %,d are set aside; send it smaller, or raise headroom.input.image-memory.",
                    bytes >> 20, limits.maxBytes() >> 20);
        }
        memory.acquireUninterruptibly((int) needed);
        try {
            return work.get();
        } catch (OutOfMemoryError e) {
            throw tooLarge("The image takes more memory to decode than is free; send it smaller.");
        } finally {
            memory.release((int) needed);
        }
    }

    private static Picture decoded(ImageFormat format, EncodedImage image, BooleanSupplier over) {
        DecodingEnd end = new DecodingEnd(over);
        try {
            return image.screen().draw(ImageCodecs.decode(format, image, end)).upright(image.orientation());
        } catch (BrokenImageException e) {
            throw e;
        } catch (IOException | RuntimeException | StackOverflowError e) {
            end.check(); // a reader may have wrapped its exception
            throw broken(format);
        }
    }

    private static BrokenImageException broken(ImageFormat format) {
        return new BrokenImageException("is a broken or cut off %s; send it whole".formatted(format.spelled()));
    }

    private static RequestFailedException tooLarge(String detail, Object... arguments) {
        return new RequestFailedException(new Failure.TooLarge(detail.formatted(arguments)));
    }
}
