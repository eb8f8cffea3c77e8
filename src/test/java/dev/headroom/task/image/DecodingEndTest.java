package dev.headroom.task.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.request.RequestFailedException;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of a picture for which nobody waits any more. */
class DecodingEndTest {

    private static final int EDGE = 600;

    private final ImageDecoder decoder = new ImageDecoder(new ImageLimits(1_000_000, 1 << 26));
    private final AtomicInteger asked = new AtomicInteger();

    /** Noise, which fills many of a reader's buffers. */
    private static byte[] noise(String format, boolean progressive) throws IOException {
        BufferedImage image = new BufferedImage(EDGE, EDGE, BufferedImage.TYPE_3BYTE_BGR);
        int[] pixels =
                RandomGenerator.of("L64X128MixRandom").ints((long) EDGE * EDGE).toArray();
        image.setRGB(0, 0, EDGE, EDGE, pixels, 0, EDGE);
        return ImageFiles.of(image, format, progressive);
    }

    private boolean overAfter(int times) {
        return asked.incrementAndGet() > times;
    }

    private void assertEndsAfter(int times, byte[] file) {
        RequestFailedException e = assertThrows(
                RequestFailedException.class, () -> decoder.decode(file, picture -> "used", () -> overAfter(times)));
        assertEquals("The image is not waited for any more.", e.failure().detail());
        assertTrue(asked.get() <= times + 2, asked + " asked");
    }

    @ParameterizedTest
    @CsvSource({"jpeg, true", "jpeg, false", "png, false", "gif, false", "bmp, false"})
    void itIsGivenUpHalfway(String format, boolean progressive) throws IOException {
        byte[] file = noise(format, progressive);
        assertEquals(EDGE, decoder.decode(file, Picture::width, () -> overAfter(Integer.MAX_VALUE)));
        int all = asked.getAndSet(0);
        assertTrue(all > 10, all + " asked");
        assertEndsAfter(all / 2, file);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "baseline.jpg",
                "progressive.jpg",
                "cmyk.jpg",
                "rgb.png",
                "palette.gif",
                "rgb.bmp",
                "lossy.webp",
                "lossless.webp"
            })
    void itIsNotEvenBegun(String name) throws IOException {
        assertEndsAfter(0, PillowReferences.file(name));
        assertEquals(26, decoder.decode(PillowReferences.file(name), Picture::width));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 5, 8, 13})
    void whereverAProgressiveOneIsAsManyMoreAreDecoded(int times) throws IOException {
        byte[] file = noise("jpeg", true);
        IntStream.range(0, 5).forEach(i -> {
            asked.set(0);
            assertEndsAfter(times, file);
        });
        assertEquals(EDGE, decoder.decode(file, Picture::width));
    }
}
